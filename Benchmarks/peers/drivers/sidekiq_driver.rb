# This source file is part of the Stint project
# Licensed under the Apache License, Version 2.0: see LICENSE
# SPDX-License-Identifier: Apache-2.0
#
# peers: sidekiq
# apt: ruby-sidekiq ruby-hiredis
# jobs: 100000
# measures: enqueue bulk drain latency delayed recovery faults stale
# settings: Ruby 3.1, redis-rb 4.8 with hiredis, 64 producer threads, concurrency 10, perform_bulk by 1,000, logs off
# tighter: times
# tight: average_scheduled_poll_interval 1 s (a killed worker's jobs come back in the paid edition only)
require 'json'
require 'optparse'
begin
  require 'hiredis'
rescue LoadError
  nil
end
require 'sidekiq'
require 'sidekiq/cli'
require 'sidekiq/launcher'

VERB = ARGV.shift
OPTIONS = { jobs: 1000, payload: 200, rate: 200.0, delay: 0, hold: 0 }
OptionParser.new do |parser|
  parser.on('--redis URL') { |value| OPTIONS[:redis] = value }
  parser.on('--jobs N', Integer) { |value| OPTIONS[:jobs] = value }
  parser.on('--payload N', Integer) { |value| OPTIONS[:payload] = value }
  parser.on('--rate N', Float) { |value| OPTIONS[:rate] = value }
  parser.on('--delay-ms N', Integer) { |value| OPTIONS[:delay] = value / 1000.0 }
  parser.on('--hold-ms N', Integer) { |value| OPTIONS[:hold] = value / 1000.0 }
  parser.on('--log FILE') { |value| OPTIONS[:log] = File.open(value, File::WRONLY | File::CREAT | File::APPEND) }
  parser.on('--tight') { OPTIONS[:tight] = true }
end.parse!
Sidekiq.logger.level = Logger::FATAL
Redis.silence_deprecations = true if Redis.respond_to?(:silence_deprecations=)
Redis.sadd_returns_boolean = false if Redis.respond_to?(:sadd_returns_boolean=)

def cpu = Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID)
def now = Process.clock_gettime(Process::CLOCK_REALTIME)

def payload(number, due = 0, hold = 0)
  job = { id: format('job-%08d', number), due: due, hold: hold, user: 4711, ok: true, to: 'a@b.example', pad: '' }
  job[:pad] = 'x' * [0, OPTIONS[:payload] - JSON.generate(job).bytesize].max
  job
end

def log(event, id, **more)
  OPTIONS[:log]&.syswrite(JSON.generate({ event: event, id: id, at: now, pid: Process.pid, **more }) + "\n")
end

def report(started, cpu_before)
  answer = { jobs: OPTIONS[:jobs], seconds: now - started, client_us: (cpu - cpu_before) * 1e6 / OPTIONS[:jobs] }
  $stdout.syswrite(JSON.generate(answer) + "\n")
end

class Noop
  include Sidekiq::Worker
  LOCK = Mutex.new
  @@seen = 0

  def perform(job)
    return count if VERB == 'drain'

    log('start', job['id'], late_ms: (now - job['due']) * 1000)
    sleep(job['hold']) if job['hold'].positive?
    log('end', job['id'])
  end

  def count
    seen = LOCK.synchronize { @@seen += 1 }
    @@started, @@cpu = now, cpu if seen == 1
    return unless seen == OPTIONS[:jobs]

    report(@@started, @@cpu)
    Process.kill(:KILL, 0)
  end
end

def feed
  begun = now
  lanes = Queue.new
  threads = Array.new(8) do
    Thread.new do
      while (job = lanes.pop) != :end
        begin
          OPTIONS[:delay].positive? ? Noop.perform_in(OPTIONS[:delay], job) : Noop.perform_async(job)
          log('ack', job[:id])
        rescue StandardError => e
          log('failed', job[:id], why: e.class.name)
        end
      end
    end
  end
  OPTIONS[:jobs].times do |number|
    sleep([0, begun + number / OPTIONS[:rate] - now].max)
    lanes << payload(number, now + OPTIONS[:delay], OPTIONS[:hold])
  end
  threads.each { lanes << :end }
  threads.each(&:join)
end

def enqueue
  Array.new(64) do |lane|
    Thread.new { (lane...OPTIONS[:jobs]).step(64) { |number| Noop.perform_async(payload(number)) } }
  end.each(&:join)
end

def bulk
  (0...OPTIONS[:jobs]).each_slice(1000) do |numbers|
    Sidekiq::Client.push_bulk('class' => Noop, 'args' => numbers.map { |number| [payload(number)] })
  end
end

def work
  Sidekiq.options[:queues] = ['default']
  Sidekiq.options[:concurrency] = 10
  Sidekiq.options[:average_scheduled_poll_interval] = 1 if OPTIONS[:tight]
  launcher = Sidekiq::Launcher.new(Sidekiq.options)
  launcher.run
  sleep
end

client = { url: OPTIONS[:redis] }
client[:driver] = :hiredis if defined?(Hiredis)
if %w[work drain].include?(VERB)
  def Sidekiq.server? = true
  Sidekiq.redis = Sidekiq::RedisConnection.create(client.merge(size: 15))
  work
else
  Sidekiq.redis = Sidekiq::RedisConnection.create(client.merge(size: 64, pool_timeout: 30))
  started, before = now, cpu
  { 'enqueue' => method(:enqueue), 'bulk' => method(:bulk), 'feed' => method(:feed) }.fetch(VERB).call
  report(started, before)
end
