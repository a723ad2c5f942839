from django.db import migrations

SUBJECTS = {
    "equipment_checklist": "a_checklist_has_its_matters_unit",
    "equipment_plan": "a_plan_has_its_matters_unit",
    "equipment_round": "a_round_has_its_matters_unit",
    "equipment_defect": "a_defect_has_its_matters_unit",
}


def _unit_of(table: str, name: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (matter_id, unit_id) "
        "REFERENCES duty_matter (id, unit_id) ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


class Migration(migrations.Migration):
    dependencies = [("equipment", "0003_checklists_rounds_and_defects")]
    operations = [_unit_of(table, name) for table, name in SUBJECTS.items()]
