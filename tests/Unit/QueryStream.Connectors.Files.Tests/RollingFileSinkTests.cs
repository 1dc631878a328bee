using QueryStream.Core.Errors;
using QueryStream.Core.Texts;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Formats;
using QueryStream.TestKit;
using QueryStream.TestKit.Connectors;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Connectors.Files.Tests;

/// <summary>When the files of a sink become visible. The contract tests cover what every sink guarantees.</summary>
public sealed class RollingFileSinkTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-rolling-");
    private readonly ManualTime _time = new();
    private readonly List<SinkHarness<Text>> _open = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (SinkHarness<Text> sink in _open)
        {
            await sink.DisposeAsync();
        }

        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Files_appear_whole_when_their_checkpoint_completes()
    {
        SinkHarness<Text> sink = await OpenAsync(new FileSinkOptions { Folder = _folder.FullName, RollBytes = 4 });
        sink.Write(Text.From("aa"), Text.From("bb"));
        sink.Write(Text.From("c"));
        await sink.PrepareAsync(1);
        sink.Write(Text.From("d"));
        Assert.Empty(Shown());

        await sink.CommitAsync(1);
        Assert.Equal(["part-0-000001.txt: aa bb", "part-0-000002.txt: c"], Shown());

        await sink.PrepareAsync(2);
        await sink.PrepareAsync(3);
        await sink.CommitAsync(3);
        Assert.Equal("part-0-000003.txt: d", Shown()[^1]);
        Assert.Equal(3 + 3 + 2 + 2, sink.BytesWritten);
    }

    [Fact]
    public async Task A_file_is_complete_some_time_after_its_first_row()
    {
        SinkHarness<Text> sink = await OpenAsync(new FileSinkOptions { Folder = _folder.FullName, RollEvery = TimeSpan.FromSeconds(10) });
        sink.Write(Text.From("a"));
        _time.Advance(TimeSpan.FromSeconds(9));
        sink.Write(Text.From("b"));
        _time.Advance(TimeSpan.FromSeconds(1));
        sink.Write(Text.From("c"));
        await sink.FlushAsync();
        Assert.Equal(["part-0-000001.txt: a b", "part-0-000002.txt: c"], Shown());
    }

    [Fact]
    public async Task Files_in_no_checkpoint_are_deleted_since_their_rows_are_written_again()
    {
        SinkHarness<Text> sink = await OpenAsync(new FileSinkOptions { Folder = _folder.FullName, RollBytes = 1 });
        sink.Write(Text.From("held"));
        await sink.PrepareAsync(1);
        sink.Write(Text.From("complete"));
        sink.Write(Text.From("not"));
        await sink.UntilAsync("the rows to be written", () => sink.Writer.IsFlushed);
        await sink.DisposeAsync();
        Assert.Equal([".part-0-000001.txt"], _folder.GetFiles().Select(file => file.Name));
    }

    [Fact]
    public async Task A_file_of_a_checkpoint_that_is_gone_is_refused_by_name()
    {
        SinkHarness<Text> first = await OpenAsync(new FileSinkOptions { Folder = _folder.FullName });
        first.Write(Text.From("a"));
        await first.PrepareAsync(1);
        IReadOnlyList<Committable> pending = [.. first.Pending];
        await first.DisposeAsync();
        File.Delete(Path.Combine(_folder.FullName, ".part-0-000001.txt"));

        SinkHarness<Text> next = New(new FileSinkOptions { Folder = _folder.FullName });
        next.Restored = pending;
        ServiceRefusedException refusal = await Assert.ThrowsAsync<ServiceRefusedException>(next.OpenAsync);
        Assert.Contains(Path.Combine(_folder.FullName, ".part-0-000001.txt"), refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_checkpoints_files_appear_when_they_are_complete()
    {
        HarnessSource<Text> source = new();
        using JobHarness job = new(
            define => define.Source("rows", source).ToFiles("files", new FileSinkOptions { Folder = _folder.FullName, RollBytes = 4 })
                .Format(new TextRecordFormat()));
        source.Push(Text.From("aaaa"), time: 0);
        await RunUntilAsync(job, () => Shown().Count == 1);
        source.Push(Text.From("b"), time: 0);
        source.EndAll();
        await RunUntilAsync(job, () => job.IsFinished);
        Assert.Equal(["part-0-000001.txt: aaaa", "part-0-000002.txt: b"], Shown());
        Assert.Equal(2, _folder.GetFiles().Length);
    }

    private static Task RunUntilAsync(JobHarness job, Func<bool> condition) => Wait.UntilAsync("the job", () =>
    {
        job.Run();
        return condition();
    });

    private async Task<SinkHarness<Text>> OpenAsync(FileSinkOptions options)
    {
        SinkHarness<Text> sink = New(options);
        await sink.OpenAsync();
        return sink;
    }

    private SinkHarness<Text> New(FileSinkOptions options)
    {
        SinkHarness<Text> sink = new(rows => rows.ToFiles("files", options).Format(new TextRecordFormat()), SinkHarnessTask.New(), _time);
        _open.Add(sink);
        return sink;
    }

    private IReadOnlyList<string> Shown() =>
        [
            .. _folder.GetFiles("part-*")
                .Select(file => $"{file.Name}: {File.ReadAllText(file.FullName).TrimEnd().Replace('\n', ' ')}")
                .Order(StringComparer.Ordinal)
        ];
}
