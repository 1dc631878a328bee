using QueryStream.Core.Errors;
using QueryStream.Rest.Model;
using QueryStream.Web.Submitting;
using static QueryStream.Web.Submitting.SubmitForm;

namespace QueryStream.Web.Tests;

/// <summary>The form that submits jobs: what it asks for, and where it shows what is wrong.</summary>
public sealed class SubmitFormTests
{
    [Fact]
    public void A_form_asks_for_what_is_written_into_it_and_for_nothing_where_it_is_empty()
    {
        SubmitForm form = new()
        {
            EntryClass = "Orders",
            Name = " orders ",
            Arguments = "a=1\nb=2",
            Settings = "# each\n x.y = 10s \n\nz: file:///a=b\n",
            SavepointPath = " ",
        };
        RunUploadRequest request = form.ToRequest();
        Assert.Equal(("Orders", "orders", "a=1\nb=2", null), (request.EntryClass, request.Name, request.ProgramArgs, request.SavepointPath));
        Assert.Equal(
            new Dictionary<string, string> { ["x.y"] = "10s", ["z"] = "file:///a=b" }, request.FlinkConfiguration);
    }

    [Theory]
    [InlineData("no setting", "not of the form key=value")]
    [InlineData("=1", "not of the form key=value")]
    [InlineData("parallelism.default=1\nparallelism.default=2", "set twice")]
    [InlineData("execution.checkpointing.intervall=10s", "execution.checkpointing.interval")]
    [InlineData("execution.checkpointing.interval=often", "often")]
    [InlineData("parallelism.default=2\nexecution.checkpointing.interval=10s", null)]
    public void Settings_of_the_engine_are_checked_while_the_rest_is_written(string settings, string? problem)
    {
        SubmitForm form = new() { Settings = settings };
        form.CheckSettings();
        Assert.Contains(problem ?? "", form.ProblemOf(Fields.Settings) ?? "", StringComparison.Ordinal);
        Assert.Equal(problem is null, form.ProblemOf(Fields.Settings) is null);
    }

    [Fact]
    public void A_problem_stands_at_the_field_that_is_wrong()
    {
        (QueryStreamException Failure, string? Field)[] failures =
        [
            (new SettingException("x.y", "is wrong"), Fields.Settings),
            (new SettingException("output", "is missing"), Fields.Arguments),
            (new SettingException("parallelism", "0 is not allowed"), Fields.Parallelism),
            (new NotEnoughSlotsException(9, 1, 1), Fields.Parallelism),
            (new JobAssemblyException("has no class"), Fields.EntryClass),
            (new CheckpointStorageException("is not there"), Fields.SavepointPath),
            (new ActionRefusedException("does not lead"), null),
        ];
        foreach ((QueryStreamException failure, string? field) in failures)
        {
            SubmitForm form = new() { Settings = "x.y=1", SavepointPath = "file:///none" };
            form.Show(failure);
            Assert.Equal(failure.Message, field is null ? form.Problem : form.ProblemOf(field));
            form.Clear();
            Assert.Null(field is null ? form.Problem : form.ProblemOf(field));
        }
    }
}
