"""What repeats in a dashboard: functions and constants that its panels share."""
