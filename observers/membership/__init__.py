"""The rules of membership as pure functions (`domain/membership-rules.md` R1-R14). Nothing here reads the database."""
