"""Pages of the field app. Names are `field:<act>`."""

app_name = "field"
urlpatterns: list = []
