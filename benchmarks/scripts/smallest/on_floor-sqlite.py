import sqlite3

with sqlite3.connect("floor.db") as connection:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE IF NOT EXISTS rows (run TEXT, key TEXT, value REAL)")
    connection.executemany("INSERT INTO rows VALUES (?, ?, ?)", [("r", f"k{i}", i) for i in range(20)])
