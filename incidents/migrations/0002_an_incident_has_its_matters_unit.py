from django.db import migrations

# The unit on the row is a copy for the indexes; the database holds it equal to the matter's.
FORWARD = """
ALTER TABLE incidents_incident ADD CONSTRAINT an_incident_has_its_matters_unit
    FOREIGN KEY (matter_id, unit_id) REFERENCES duty_matter (id, unit_id)
    ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED;
"""
BACK = "ALTER TABLE incidents_incident DROP CONSTRAINT an_incident_has_its_matters_unit"


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
