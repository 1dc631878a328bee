using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Connectors.Files.Sink;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;
using QueryStream.TestKit;

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
        await using (ISinkWriter<DeadLetter> writer = await OpenAsync(path, subtask: 0))
        {
            await WriteAsync(
                writer,
                new DeadLetter("user-queries", 3, 17, "malformed-json", "line 1", Encoding.UTF8.GetBytes("{\"query\":\"điểm")),
                new DeadLetter("user-queries", 3, 18, "invalid-utf8", "", [0xC3, 0x28]),
                new DeadLetter("user-queries", 3, 19, "null-value", "", null));
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
        await using (ISinkWriter<DeadLetter> writer = await OpenAsync(path, subtask: 0))
        {
            await WriteAsync(writer, Letter(0, 1));
        }

        string[] lines = await File.ReadAllLinesAsync(path);
        Assert.Equal(2, lines.Length);
        Assert.Equal("before", lines[0]);
    }

    [Fact]
    public async Task A_path_that_cannot_be_written_is_refused_by_name()
    {
        string path = Path.Combine(_folder, "missing", "dead-letters.jsonl");
        ServiceRefusedException refusal = await Assert.ThrowsAsync<ServiceRefusedException>(() => OpenAsync(path, subtask: 0));
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_fails_the_task()
    {
        List<Exception> failures = [];
        await using ISinkWriter<DeadLetter> writer = await OpenAsync("/dev/full", subtask: 0, failures);
        Hand(writer, Letter(0, 1));
        await Wait.UntilAsync("the task to fail", () => failures.Count > 0);
        Assert.Contains("/dev/full", Assert.IsType<ServiceRefusedException>(failures[0]).Message, StringComparison.Ordinal);
        Assert.False(writer.IsFlushed);
    }

    private static DeadLetter Letter(int partition, long offset) =>
        new("user-queries", partition, offset, "malformed-json", "", Encoding.UTF8.GetBytes($"{{\"điểm\": {offset}"));

    private async Task WriteAsync(string path, int subtask)
    {
        await using ISinkWriter<DeadLetter> writer = await OpenAsync(path, subtask);
        for (int batch = 0; batch < 100; batch++)
        {
            Hand(writer, Letter(subtask, batch * 3), Letter(subtask, (batch * 3) + 1), Letter(subtask, (batch * 3) + 2));
        }

        await Wait.UntilAsync("all to be acknowledged", () => writer.IsFlushed);
    }

    private static async Task WriteAsync(ISinkWriter<DeadLetter> writer, params DeadLetter[] letters)
    {
        Hand(writer, letters);
        await Wait.UntilAsync("all to be acknowledged", () => writer.IsFlushed);
    }

    private static void Hand(ISinkWriter<DeadLetter> writer, params DeadLetter[] letters)
    {
        Batch<DeadLetter> batch = Batch<DeadLetter>.Rent();
        foreach (DeadLetter letter in letters)
        {
            batch.Add(letter, EventTime.MinValue);
        }

        writer.Write(batch);
        batch.Release();
    }

    private async Task<ISinkWriter<DeadLetter>> OpenAsync(string path, int subtask, List<Exception>? failures = null)
    {
        SinkContext context = new(
            new TaskId(default, default, subtask),
            new Attempt(0),
            4,
            TimeProvider.System,
            new NoServices(),
            NullLoggerFactory.Instance,
            () => { },
            exception => failures!.Add(exception),
            rows => Interlocked.Add(ref _acknowledged, rows));
        ISinkWriter<DeadLetter> writer = new LineFileSink<DeadLetter>(path, DeadLetterJson.Write).CreateWriter(context);
        await writer.OpenAsync(CancellationToken.None);
        return writer;
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
