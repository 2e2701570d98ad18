"""What people see, in a real Chromium, its requests answered in this process. A package: see tests/web/chromium.py."""
