import aim
