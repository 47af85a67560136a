import runstone

with runstone.start_run():
    for i in range(10):
        runstone.log_param(f"p{i}", i)
    for i in range(10):
        runstone.log_metric(f"m{i}", i * 0.1)
