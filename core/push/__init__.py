"""Web push (RFC 8030, 8291, 8292): urgent reminders on the screens of those who want them there (docs/reminders.md)."""
