from django.urls import path

from equipment.views import contracts, defect, gauges, keepers, labels, papers, pieces, places, register

urlpatterns = [
    path("equipment/", register.register, name="equipment"),
    path("equipment/new/", pieces.add, name="piece-add"),
    path("equipment/labels/", labels.labels, name="labels"),
    path("equipment/<int:pk>/", pieces.piece, name="piece"),
    path("equipment/<int:pk>/change/", pieces.change, name="piece-change"),
    path("equipment/<int:pk>/retire/", pieces.retire, name="piece-retire"),
    path("equipment/<int:pk>/back/", pieces.put_back, name="piece-back"),
    path("equipment/<int:pk>/gauges/new/", gauges.add, name="piece-gauge"),
    path("equipment/<int:pk>/people/new/", keepers.add, name="piece-keeper"),
    path("equipment/<int:pk>/files/", papers.add, name="piece-paper"),
    path("equipment/gauges/<int:pk>/", gauges.change, name="gauge-change"),
    path("equipment/people/<int:pk>/end/", keepers.end, name="keeper-end"),
    path("equipment/files/<int:pk>/", papers.paper, name="paper"),
    path("equipment/files/<int:pk>/small/", papers.small, name="paper-small"),
    path("equipment/files/<int:pk>/remove/", papers.remove, name="paper-remove"),
    path("t/<str:tag>/", labels.tag, name="tag"),
    path("places/", places.places, name="places"),
    path("places/new/", places.add, name="place-add"),
    path("places/<int:pk>/", places.change, name="place-change"),
    path("contracts/", contracts.contracts, name="contracts"),
    path("contracts/new/", contracts.add, name="contract-add"),
    path("contracts/<int:pk>/", contracts.contract, name="contract"),
    path("contracts/<int:pk>/change/", contracts.change, name="contract-change"),
    path("contracts/<int:pk>/renew/", contracts.renew, name="contract-renew"),
    path("contracts/<int:pk>/end/", contracts.end, name="contract-end"),
    # Defects and repairs
    path("defects/<int:pk>/", defect.defect, name="defect"),
    path("defects/photos/<int:pk>/", defect.photo, name="photo"),
    path("defects/photos/<int:pk>/small/", defect.small, name="photo-small"),
]
