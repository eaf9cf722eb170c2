"""The pages of an application 申请, from the first question to the receipt."""

from django.urls import path

from mediation.portal import (
    filing_views,
    intake_views,
    picture_views,
    resume_views,
    story_views,
    upload_views,
)

urlpatterns = [
    path("apply/", intake_views.start, name="start"),
    path("apply/new/", intake_views.begin, name="begin"),
    path("apply/story/dialect/", story_views.dialect, name="dialect"),
    path("apply/story/listening/", story_views.listening, name="listening"),
    path("apply/story/listening/progress/", story_views.listening_progress, name="listening_progress"),
    path("apply/understood/", story_views.understood, name="understood"),
    path("apply/learning/", story_views.learning, name="learning"),
    path("apply/uploads/", upload_views.create, name="upload_create"),
    path("apply/uploads/<slug:upload_id>/", upload_views.upload, name="upload"),
    path("apply/files/<int:number>/remove/", filing_views.remove_file, name="remove_file"),
    path("apply/files/<int:number>/picture/", picture_views.picture, name="picture"),
    path(
        "apply/files/<int:number>/picture/progress/", picture_views.picture_progress, name="picture_progress"
    ),
    path("apply/check/", filing_views.check, name="check"),
    path("apply/file/", filing_views.file_application, name="file"),
    path("apply/filed/", filing_views.filed, name="filed"),
    path("apply/keep/", resume_views.keep, name="keep"),
    path("apply/resume/", resume_views.resume, name="resume"),
    path("apply/resume/choose/", resume_views.choose, name="choose"),
    path("apply/resume/go-on/", resume_views.go_on, name="go_on"),
    path("apply/helper/", resume_views.helper, name="helper"),
    path("apply/helper/<str:token>/", resume_views.invited, name="invited"),
    path("apply/privacy/", resume_views.privacy, name="privacy"),
    path("apply/<slug:slug>/", intake_views.question, name="question"),
    path("apply/<slug:slug>/autosave/", intake_views.autosave, name="autosave"),
]
