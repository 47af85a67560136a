import runstone
