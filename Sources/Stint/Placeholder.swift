// remove
