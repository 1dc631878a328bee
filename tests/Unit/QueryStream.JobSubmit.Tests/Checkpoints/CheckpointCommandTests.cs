using System.Text.Json;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Identity;
using QueryStream.Testing.Checkpoints;

namespace QueryStream.JobSubmit.Tests.Checkpoints;

/// <summary><c>checkpoint inspect</c> and <c>checkpoint verify</c>, over a checkpoint in a directory.</summary>
public sealed class CheckpointCommandTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-checkpoints-");
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();
    private CheckpointManifest? _manifest;

    private string JobFolder => Path.Combine(_folder.FullName, TestManifests.Job.ToString());

    private string Checkpoint => Path.Combine(JobFolder, "chk-17");

    public async Task InitializeAsync()
    {
        await using DirectoryStorage storage = new(_folder.FullName, DurableFiles.Instance);
        Epoch epoch = await storage.AcquireAsync(default);
        await StoredTestCheckpoint.WriteAsync(storage, epoch, 9);
        _manifest = await StoredTestCheckpoint.WriteAsync(storage, epoch, 17);
    }

    public Task DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("inspect {job}/chk-17", "inspect.txt")]
    [InlineData("inspect file://{job}/chk-17/_metadata", "inspect.txt")]
    [InlineData("inspect {job}", "inspect.txt")]
    [InlineData("inspect {job} --json", "inspect.json")]
    [InlineData("verify {job}/chk-17", "verify.txt")]
    [InlineData("verify {job}/chk-17 --json", "verify.json")]
    public async Task A_sound_checkpoint_is_shown_as_it_is_expected(string arguments, string file)
    {
        Assert.True(await RunAsync(arguments) == 0, _errors.ToString());

        Assert.Equal(await ExpectedAsync(file), Shown);
        Assert.Equal("", _errors.ToString());
    }

    [Fact]
    public async Task Every_damage_is_shown_and_the_exit_code_is_1()
    {
        Damage(2, bytes => [.. bytes[..^1], (byte)(bytes[^1] ^ 1)]);
        Damage(1, _ => null);

        Assert.Equal(1, await RunAsync("verify {job}/chk-17"));

        Assert.Equal(await ExpectedAsync("verify-damaged.txt"), Shown);
        Assert.Equal(
            "ERROR: Checkpoint 17 of job 'Đếm từ' cannot be restored: 2 of its 5 chunks are damaged. Start from another checkpoint or savepoint.\n",
            _errors.ToString());
        _output.GetStringBuilder().Clear();
        Assert.Equal(1, await RunAsync("verify {job}/chk-17 --json"));
        using JsonDocument json = JsonDocument.Parse(_output.ToString());
        Assert.False(json.RootElement.GetProperty("is_sound").GetBoolean());
        Assert.Equal(127, json.RootElement.GetProperty("damages")[1].GetProperty("key_group").GetInt32());
    }

    [Fact]
    public async Task What_is_not_damaged_of_the_sources_is_shown_with_an_error_for_the_rest()
    {
        Damage(1, _ => null);

        Assert.Equal(1, await RunAsync("inspect {job}/chk-17"));

        Assert.Contains("user-queries", Shown, StringComparison.Ordinal);
        Assert.DoesNotContain("names-2.csv", Shown, StringComparison.Ordinal);
        Assert.StartsWith("ERROR: Checkpoint 17 of job 0", _errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("is missing, or its segment was cut off.", _errors.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "inspect {job}/chk-16",
        "ERROR: There is no checkpoint at file://{job}/chk-16, or it is incomplete. Name one of them: file://{job}/chk-17,")]
    [InlineData("verify {root}", "ERROR: There are 2 checkpoints in file://{root}/. Name one of them: file://{job}/chk-17, file://{job}/chk-9.")]
    [InlineData("verify {root}/none", "ERROR: There is no checkpoint in file://{root}/none/. A path ends with JOB/chk-ID,")]
    [InlineData("inspect {job}/chk-9", "ERROR: {job}/chk-9/_metadata is not the manifest of a checkpoint: 5 bytes")]
    [InlineData("inspect s3://bucket/x", "ERROR: Checkpoints cannot be stored under 's3://': use one of file, redis, rediss.")]
    [InlineData("inspect redis://h:99999999/x", "ERROR: 'redis://h:99999999' is not an address")]
    [InlineData("inspect redis://127.0.0.1:1", "ERROR: Redis at 127.0.0.1:1 does not accept checkpoints: ")]
    public async Task What_cannot_be_read_is_one_line_that_says_why(string arguments, string error)
    {
        await File.WriteAllTextAsync(Path.Combine(JobFolder, "chk-9", "_metadata"), "other");

        Assert.Equal(1, await RunAsync(arguments));

        string line = Assert.Single(_errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith(Fill(error), line, StringComparison.Ordinal);
        Assert.Equal("", _output.ToString());
    }

    private string Shown => _output.ToString().Replace(_folder.FullName, "DIR", StringComparison.Ordinal);

    private static Task<string> ExpectedAsync(string file) =>
        File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Checkpoints", file));

    private void Damage(int subtask, Func<byte[], byte[]?> change)
    {
        string segment = Path.Combine(JobFolder, "segments", TestManifests.Segment(_manifest!.Epoch.Number, 17, subtask).ToString());
        if (change(File.ReadAllBytes(segment)) is { } bytes)
        {
            File.WriteAllBytes(segment, bytes);
        }
        else
        {
            File.Delete(segment);
        }
    }

    private string Fill(string text) =>
        text.Replace("{job}", JobFolder, StringComparison.Ordinal).Replace("{root}", _folder.FullName, StringComparison.Ordinal);

    private Task<int> RunAsync(string arguments) => CommandLine.RunAsync(
        ["checkpoint", .. Fill(arguments).Split(' ')], new Terminal(_output, _errors, IsInteractive: false), CancellationToken.None);
}
