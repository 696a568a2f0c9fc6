"""The sheet that a team takes with it: one page with people, telephones, stops and emergency numbers."""
