using System.Text.Json;
using QueryStream.Testing.Assemblies;

namespace QueryStream.JobSubmit.Tests;

/// <summary>Jobs from users' assemblies.</summary>
public sealed class UserJobTests : IDisposable
{
    private const string Empty =
        "public sealed class {0} : IStreamJob {{ public string Name => \"{0}\"; public void Define(StreamBuilder job) {{ {1} }} }}";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-jobs-");
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    private string Output => Path.Combine(_folder.FullName, "output.txt");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_job_runs_from_its_assembly_with_its_settings()
    {
        string path = Write(UserCode.Largest);

        Assert.True(await RunAsync($"run {path} --local --parallelism 2 -- --output={Output} --modulus=4") == 0, _errors.ToString());

        Assert.Equal(["0: 8", "1: 9", "2: 6", "3: 7"], (await File.ReadAllLinesAsync(Output)).Order(StringComparer.Ordinal));
        Assert.StartsWith("Largest: FINISHED after", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("  written   4, late 0, dead letters 0", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_json_it_is_one_object_with_the_counters_of_the_job()
    {
        string path = Write(
            UserCode.Connectors + Job(
                "Counting", $"job.Source(\"numbers\", new Numbers()).Count(\"seen\").To(\"lines\", new Lines<long>(\"{Output}\"));"));

        Assert.Equal(0, await RunAsync($"run {path} --local --json --parallelism 1"));

        using JsonDocument json = JsonDocument.Parse(_output.ToString());
        Assert.Equal(10, json.RootElement.GetProperty("events").GetInt64());
        Assert.Equal(10, json.RootElement.GetProperty("written").GetInt64());
        Assert.Equal(10, json.RootElement.GetProperty("counters").GetProperty("seen").GetInt64());
    }

    [Fact]
    public async Task With_json_stdout_has_the_object_alone_and_stderr_the_rows_that_the_job_prints()
    {
        string path = Write(
            UserCode.Connectors + Job("Printing", "QueryStream.Connectors.Terminal.ConsoleStreams.Print(job.Source(\"numbers\", new Numbers()));"));

        Assert.True(await RunAsync($"run {path} --local --json --parallelism 1") == 0, _errors.ToString());

        using JsonDocument json = JsonDocument.Parse(_output.ToString());
        Assert.Equal(10, json.RootElement.GetProperty("written").GetInt64());
        Assert.Equal(Enumerable.Range(0, 10).Select(number => $"{number}"), _errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task One_of_several_jobs_is_chosen_by_its_class()
    {
        string path = Write(UserCode.Largest + Job("Other", ""));

        await FailsAsync($"run {path} --local", "Mine.dll has 2 jobs: choose one with --class: LargestJob, Other.");
        Assert.Equal(0, await RunAsync($"run {path} --class LargestJob --local -- --output={Output}"));
    }

    [Theory]
    [InlineData("-- --fly=1", "Setting 'fly': is unknown. There are: modulus, output.")]
    [InlineData("-- --modulus=many", "Setting 'modulus': 'many' is not a whole number from -2147483648 to 2147483647.")]
    [InlineData("--kafka localhost:1", "--kafka means nothing to the job 'Largest': it has no setting 'kafka'.")]
    [InlineData("--bounded", "--bounded means nothing to the job 'Largest': it has no setting 'bounded'.")]
    public Task A_setting_that_the_job_does_not_have_or_allow(string arguments, string error) =>
        FailsAsync($"run {Write(UserCode.Largest)} --local {arguments}", error);

    [Fact]
    public Task A_setting_of_a_job_that_has_none()
    {
        string code = Job("Plain", "job.Source(\"numbers\", new Numbers()).To(\"lines\", new Lines<long>(\"none\"));");
        return FailsAsync(
            $"run {Write(UserCode.Connectors + code)} --local -- --fly=1", "Setting 'fly': is unknown: the job 'Plain' has no settings.");
    }

    [Fact]
    public async Task Settings_that_a_job_reads_by_hand_are_known_too()
    {
        string path = Write(
            UserCode.Connectors + Job(
                "ByHand", "job.Source(\"numbers\", new Numbers()).To(\"lines\", new Lines<long>(job.Settings.Values[\"output\"]));"));

        await FailsAsync(
            $"run {path} --local", "Job 'ByHand' could not be defined: KeyNotFoundException: There is no value for the setting 'output'.");
        await FailsAsync($"run {path} --local -- --output={Output} --fly=1", "Setting 'fly': is unknown. There are: output.");
        Assert.Equal(0, await RunAsync($"run {path} --local -- --output={Output}"));
    }

    [Fact]
    public Task A_job_without_a_source() => FailsAsync(
        $"run {Write(Job("Plain", ""))} --local", "Job 'Plain' has no source: add one with StreamBuilder.Source or a connector's method.");

    [Fact]
    public async Task A_dependency_that_is_missing_in_a_task_is_reported_with_the_assembly_that_needs_it()
    {
        UserAssembly bottom = new(
            _folder.FullName, "Bottom", "public static class Bottom { public static long Twice(long number) => number * 2; }")
        { UsesEngine = false };
        UserAssembly middle = new(
            _folder.FullName, "Middle", "public static class Middle { public static long Twice(long number) => Bottom.Twice(number); }")
        {
            UsesEngine = false,
            References = [bottom],
        };
        bottom.Write();
        middle.Write();
        string path = new UserAssembly(
            _folder.FullName,
            "Mine",
            UserCode.Connectors + Job(
                "Twice", $"job.Source(\"numbers\", new Numbers()).Map(Middle.Twice).To(\"lines\", new Lines<long>(\"{Output}\"));"))
        {
            References = [middle],
        }.Write();
        File.Delete(bottom.Path);

        Assert.Equal(1, await RunAsync($"run {path} --local --json --parallelism 1"));

        string last = _errors.ToString().TrimEnd().Split(Environment.NewLine)[^1];
        Assert.StartsWith($"ERROR: Middle.dll needs Bottom 1.0.0.0, which is not in {_folder.FullName}. ", last, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run none.dll --local", "There is no file ")]
    [InlineData("run ./none --local", "There is no file ")]
    [InlineData("run / --local", "'/' is a folder: ")]
    public async Task What_is_no_assembly_is_one_line(string arguments, string start)
    {
        Assert.Equal(1, await RunAsync(arguments));

        Assert.StartsWith(
            $"ERROR: {start}",
            Assert.Single(_errors.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries)),
            StringComparison.Ordinal);
    }

    [Fact]
    public Task A_job_of_the_catalogue_has_no_class_to_choose() =>
        FailsAsync(
            "run query-analytics --class X --local",
            "--class names a class of an assembly, and 'query-analytics' is none: give the path of a JOB.dll.");

    private static string Job(string name, string define) => string.Format(null, Empty, name, define);

    private string Write(string source) => new UserAssembly(_folder.FullName, "Mine", source).Write();

    private async Task FailsAsync(string arguments, string error)
    {
        _errors.GetStringBuilder().Clear();
        Assert.Equal(1, await RunAsync(arguments));
        Assert.Equal($"ERROR: {error}{Environment.NewLine}", _errors.ToString());
    }

    private Task<int> RunAsync(string arguments) => CommandLine.RunAsync(
        arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), new Terminal(_output, _errors, IsInteractive: false), CancellationToken.None);
}
