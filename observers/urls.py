"""Pages of observers."""
app_name = "observers"
urlpatterns = []
