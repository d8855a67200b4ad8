from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0001_initial")]

    operations = [
        migrations.RemoveIndex(model_name="project", name="project_public"),
        migrations.AddIndex(
            model_name="project",
            index=models.Index(
                fields=["-sort_year", "id"],
                include=["public_from"],
                condition=models.Q(("state", "published")),
                name="project_public",
            ),
        ),
        migrations.AddIndex(
            model_name="project",
            index=models.Index(fields=["-changed_at", "-id"], name="project_changed"),
        ),
    ]
