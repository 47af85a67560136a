from aim import Run

run = Run(repo=".", log_system_params=False, system_tracking_interval=None)
for i in range(10):
    run[f"p{i}"] = i
for i in range(10):
    run.track(i * 0.1, name=f"m{i}", step=0)
run.close()
