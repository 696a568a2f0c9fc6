"""Pages of the field app. Names are `field:<act>`."""

from django.urls import path

from field.views import builder, exports, feed, forms, imports, live

app_name = "field"
_mission = "missions/<str:reference>/"

urlpatterns = [
    path(_mission + "live/", live.LiveView.as_view(), name="live"),
    path(_mission + "live/content/", live.LiveContentView.as_view(), name="live_content"),
    path(_mission + "live/visits.geojson", live.LiveMapView.as_view(), name="live_map"),
    path(_mission + "records/", live.RecordListView.as_view(), name="records"),
    path(_mission + "records/import/", imports.ImportRecordsView.as_view(), name="import_records"),
    path(_mission + "records.csv", exports.ExportView.as_view(), name="export"),
    path(_mission + "records.xlsx", exports.WorkbookView.as_view(), name="export_workbook"),
    path(_mission + "records/feed/", feed.FeedView.as_view(), name="feed"),
    path(_mission + "records/feed/end/", feed.FeedEndView.as_view(), name="feed_end"),
    path(_mission + "records/<uuid:uuid>/", live.RecordView.as_view(), name="record"),
    path(_mission + "records/<uuid:uuid>/review/", live.ReviewView.as_view(), name="review"),
    path(_mission + "records/<uuid:uuid>/station/", live.MoveStationView.as_view(), name="move_station"),
    path(_mission + "conflicts/<uuid:uuid>/decide/", live.DecideConflictView.as_view(), name="decide_conflict"),
    path(_mission + "incidents/<uuid:uuid>/", live.IncidentView.as_view(), name="incident"),
    path(_mission + "incidents/<uuid:uuid>/act/", live.IncidentActView.as_view(), name="incident_act"),
    path(_mission + "figures/", live.FiguresView.as_view(), name="figures"),
    path(_mission + "forms/", forms.FormListView.as_view(), name="forms"),
    path(_mission + "forms/upload/", forms.FormUploadView.as_view(), name="upload_form"),
    path(_mission + "forms/<uuid:uuid>/", forms.VersionView.as_view(), name="version"),
    path(_mission + "forms/<uuid:uuid>/act/", forms.VersionActView.as_view(), name="version_act"),
    path(_mission + "forms/<uuid:uuid>/file/<str:kind>/", forms.VersionFileView.as_view(), name="version_file"),
    path(_mission + "forms/<uuid:uuid>/paper/<str:language>/", forms.VersionPaperView.as_view(), name="version_paper"),
    path(_mission + "builder/", builder.DesignStartView.as_view(), name="builder_start"),
    path(_mission + "builder/<uuid:uuid>/", builder.BuilderView.as_view(), name="builder"),
    path(_mission + "builder/<uuid:uuid>/act/", builder.BuilderActView.as_view(), name="builder_act"),
    path(_mission + "builder/<uuid:uuid>/write/", builder.BuilderWriteView.as_view(), name="builder_write"),
    path(_mission + "builder/<uuid:uuid>/country/", builder.CountryQuestionView.as_view(), name="builder_country"),
    path(_mission + "builder/<uuid:uuid>/country/<str:code>/", builder.CountryQuestionView.as_view(), name="builder_country_change"),
    path(_mission + "builder/<uuid:uuid>/translate/<str:language>/", builder.TranslateView.as_view(), name="builder_translate"),
    path(_mission + "phones/", forms.DeviceListView.as_view(), name="devices"),
    path(_mission + "phones/settings/", forms.SettingsView.as_view(), name="settings"),
    path(_mission + "phones/<uuid:uuid>/code/", forms.EnrolView.as_view(), name="enrol"),
    path(_mission + "phones/<uuid:uuid>/collect/", forms.EnrolCollectView.as_view(), name="enrol_collect"),
    path(_mission + "phones/<uuid:uuid>/name/", forms.RenameView.as_view(), name="rename"),
    path(_mission + "phones/<uuid:uuid>/revoke/", forms.RevokeView.as_view(), name="revoke"),
]
