from tensorboardX import SummaryWriter

writer = SummaryWriter("runs")
writer.add_hparams({f"p{i}": i for i in range(10)}, {f"m{i}": i * 0.1 for i in range(10)})
writer.close()
