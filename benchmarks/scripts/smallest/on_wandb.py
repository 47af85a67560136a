import wandb

run = wandb.init(project="bench", mode="offline", config={f"p{i}": i for i in range(10)})
run.log({f"m{i}": i * 0.1 for i in range(10)})
run.finish()
