using System.Text;
using System.Text.Json.Nodes;
using QueryStream.Core.Errors;
using QueryStream.Streams.Connectors;
using QueryStream.TestKit;
using QueryStream.TestKit.Connectors;

namespace QueryStream.Connectors.Files.Tests;

public sealed class DeadLetterFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("querystream-files-").FullName;
    private long _acknowledged;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Lines_of_several_subtasks_do_not_mix()
    {
        string path = Path.Combine(_folder, "dead-letters.jsonl");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(subtask => Task.Run(() => WriteAsync(path, subtask))));

        string[] lines = await File.ReadAllLinesAsync(path);
        Assert.Equal(4 * 100 * 3, lines.Length);
        Assert.Equal(lines.Length, Interlocked.Read(ref _acknowledged));
        foreach (IGrouping<int, JsonNode> partition in lines.Select(line => JsonNode.Parse(line)!).GroupBy(letter => (int)letter["partition"]!))
        {
            Assert.Equal(Enumerable.Range(0, 300).Select(offset => (long)offset), partition.Select(letter => (long)letter["offset"]!));
        }
    }

    [Fact]
    public async Task A_line_holds_what_is_needed_to_find_and_repair_the_record()
    {
        string path = Path.Combine(_folder, "one.jsonl");
        await using (SinkHarness<DeadLetter> sink = await OpenAsync(path))
        {
            sink.Write(
                new DeadLetter("user-queries", 3, 17, "malformed-json", "line 1", Encoding.UTF8.GetBytes("{\"query\":\"điểm")),
                new DeadLetter("user-queries", 3, 18, "invalid-utf8", "", [0xC3, 0x28]),
                new DeadLetter("user-queries", 3, 19, "null-value", "", null));
            await sink.FlushAsync();
        }

        Assert.Equal(
            [
                """{"topic":"user-queries","partition":3,"offset":17,"reason":"malformed-json","detail":"line 1","value":"{\"query\":\"điểm"}""",
                """{"topic":"user-queries","partition":3,"offset":18,"reason":"invalid-utf8","detail":"","value_base64":"wyg="}""",
                """{"topic":"user-queries","partition":3,"offset":19,"reason":"null-value","detail":"","value":null}""",
            ],
            await File.ReadAllLinesAsync(path));
    }

    [Fact]
    public async Task A_file_that_is_there_is_appended_to()
    {
        string path = Path.Combine(_folder, "kept.jsonl");
        await File.WriteAllTextAsync(path, "before\n");
        await using (SinkHarness<DeadLetter> sink = await OpenAsync(path))
        {
            sink.Write(Letter(0, 1));
            await sink.FlushAsync();
            Assert.Equal(new FileInfo(path).Length - "before\n".Length, sink.BytesWritten);
        }

        string[] lines = await File.ReadAllLinesAsync(path);
        Assert.Equal(2, lines.Length);
        Assert.Equal("before", lines[0]);
    }

    [Fact]
    public async Task A_path_that_cannot_be_written_is_refused_by_name()
    {
        string path = Path.Combine(_folder, "missing", "dead-letters.jsonl");
        ServiceRefusedException refusal = await Assert.ThrowsAsync<ServiceRefusedException>(() => OpenAsync(path));
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_fails_the_task()
    {
        await using SinkHarness<DeadLetter> sink = await OpenAsync("/dev/full");
        sink.Write(Letter(0, 1));
        await Wait.UntilAsync("the task to fail", () => sink.Failures.Count > 0);
        Assert.Contains("/dev/full", Assert.IsType<ServiceRefusedException>(sink.Failures.First()).Message, StringComparison.Ordinal);
        Assert.False(sink.Writer.IsFlushed);
    }

    private static DeadLetter Letter(int partition, long offset) =>
        new("user-queries", partition, offset, "malformed-json", "", Encoding.UTF8.GetBytes($"{{\"điểm\": {offset}"));

    private async Task WriteAsync(string path, int subtask)
    {
        await using SinkHarness<DeadLetter> sink = await OpenAsync(path, subtask);
        for (int batch = 0; batch < 100; batch++)
        {
            sink.Write(Letter(subtask, batch * 3), Letter(subtask, (batch * 3) + 1), Letter(subtask, (batch * 3) + 2));
        }

        await sink.FlushAsync();
        Interlocked.Add(ref _acknowledged, sink.Acknowledged);
    }

    private static async Task<SinkHarness<DeadLetter>> OpenAsync(string path, int subtask = 0)
    {
        SinkHarness<DeadLetter> sink = new(
            letters => letters.ToFile("letters", path), SinkHarnessTask.New() with { Subtask = subtask, Parallelism = 4 }, TimeProvider.System);
        await sink.OpenAsync();
        return sink;
    }
}
