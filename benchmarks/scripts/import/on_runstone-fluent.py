import runstone

runstone.start_run  # what importing leaves for later
