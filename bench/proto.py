import os,time
print(os.environ["DATABASE_URL"],flush=True)
time.sleep(100000)
