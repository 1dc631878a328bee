using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using QueryStream.Connectors.Kafka;
using QueryStream.TestKit;
using QueryStream.Testing.Assemblies;

namespace QueryStream.CommandLine.Tests;

/// <summary>A job that reads Kafka and files and writes files, whose process is killed.</summary>
public sealed class SourceStateTests(Servers servers) : IClassFixture<Servers>, IDisposable
{
    private const int Events = 6_000;
    private const int Lines = 500;

    private const string Job = """

        public sealed class Numbering : KeyedProcessFunction<string, Text, Text>
        {
            private ValueState<long> _count;
            public override void Open(KeyedStateContext state) => _count = state.Value<long>("count");
            public override void Process(in Text row, KeyedContext<string, Text> context) =>
                context.Emit(Text.From(context.Key + " " + ++_count.Value));
        }

        public sealed class BothSettings
        {
            [Setting("kafka", "Kafka")] public string Kafka { get; init; } = "localhost:9092";
            [Setting("topic", "the topic")] public string Topic { get; init; } = "events";
            [Setting("folder", "the folder")] public string Folder { get; init; } = "";
        }

        public sealed class BothJob : IStreamJob
        {
            public string Name => "Both";
            public void Define(StreamBuilder job)
            {
                BothSettings settings = job.Settings.Bind<BothSettings>();
                var events = job.Kafka<Text>("events", new KafkaSourceOptions
                    {
                        BootstrapServers = settings.Kafka, Topic = settings.Topic, GroupId = settings.Topic,
                    }).Text();
                var lines = job.Files<Text>("lines", new FileSourceOptions
                    {
                        Path = settings.Folder + "/in", WatchEvery = TimeSpan.FromMilliseconds(100), QuietFor = TimeSpan.Zero,
                    }).Text();
                events.Union(lines)
                    .KeyBy(row => row.ToString().StartsWith("{") ? "event" : "line")
                    .Process(() => new Numbering(), "numbering")
                    .ToFiles("numbers", new FileSinkOptions { Folder = settings.Folder + "/out" }).Text();
            }
        }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-sources-");

    public void Dispose() => _folder.Delete(recursive: true);

    [ServerFact]
    public async Task Each_record_of_Kafka_and_of_files_is_counted_once_although_the_process_was_killed()
    {
        string topic = Servers.NewTopic("both");
        string job = UserJobs.Write(new UserAssembly(Path.Combine(_folder.FullName, "job"), "Both", Job)
        {
            Usings =
            [
                "QueryStream.Core.Texts", "QueryStream.Connectors.Files", "QueryStream.Connectors.Kafka", "QueryStream.Streams.Functions",
                "QueryStream.Streams.State",
            ],
        });
        AddLines("a.txt");
        string command = $"run {job} --local -D execution.checkpointing.dir={_folder.FullName}/checkpoints "
            + $"-D execution.checkpointing.interval=100ms --kafka {servers.Kafka.Address}";
        string settings = $"-- --topic={topic} --folder={_folder.FullName}";
        string produce = $"produce queries --kafka {servers.Kafka.Address} --topic {topic} --partitions 3 --rate 3000 --events {Events / 2}";
        Assert.Equal(0, (await CommandProcess.RunAsync(produce)).ExitCode);
        await using (CommandProcess run = CommandProcess.Start($"{command} {settings}"))
        {
            await using CommandProcess more = CommandProcess.Start(produce);
            await Wait.UntilAsync("two checkpoints with rows", () => Parts().Length > 1, TimeSpan.FromSeconds(60), () => run.Errors);
            run.Kill();
            await run.EndAsync();
            await more.EndAsync();
        }

        await AssertGroupIsAtACompletedCheckpointAsync(topic);
        AddLines("b.txt");
        await using CommandProcess next = CommandProcess.Start($"{command} -s latest --stop-with-savepoint {_folder.FullName}/savepoints {settings}");
        await Wait.UntilAsync(
            "all rows", () => Numbers("event").Contains(Events) && Numbers("line").Contains(2 * Lines), TimeSpan.FromSeconds(60), () => next.Errors);
        next.SendInterrupt();
        CommandEnd end = await next.EndAsync();

        Assert.Equal((0, ""), (end.ExitCode, end.Problems));
        Assert.Equal(Enumerable.Range(1, Events), Numbers("event").Order());
        Assert.Equal(Enumerable.Range(1, 2 * Lines), Numbers("line").Order());
    }

    // The offsets of the group are those of a checkpoint, and of none later than the last one.
    private async Task AssertGroupIsAtACompletedCheckpointAsync(string topic)
    {
        string run = Directory.GetDirectories(Path.Combine(_folder.FullName, "checkpoints")).Single();
        CommandEnd inspected = await CommandProcess.RunAsync($"checkpoint inspect {run} --json");
        using JsonDocument checkpoint = JsonDocument.Parse(inspected.Output);
        Dictionary<int, long> stored = checkpoint.RootElement.GetProperty("splits").EnumerateArray()
            .Where(split => split.TryGetProperty("partition", out _))
            .ToDictionary(split => split.GetProperty("partition").GetInt32(), split => split.GetProperty("last_offset").GetInt64());
        LibrdkafkaClients clients = new(TimeProvider.System, NullLoggerFactory.Instance);
        await using IKafkaAdmin admin = clients.OpenAdmin(new KafkaConnection(servers.Kafka.Address, topic, new Dictionary<string, string>()));
        IReadOnlyList<long?> committed = await admin.CommittedAsync(topic, [0, 1, 2], CancellationToken.None);
        Assert.Equal(3, stored.Count);
        Assert.All(stored, split => Assert.InRange(committed[split.Key] ?? 0, 0, split.Value + 1));
    }

    private void AddLines(string name)
    {
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "in"));
        string hidden = Path.Combine(_folder.FullName, "in", $".{name}");
        File.WriteAllLines(hidden, Enumerable.Range(1, Lines).Select(line => string.Create(CultureInfo.InvariantCulture, $"{name} {line}")));
        File.Move(hidden, Path.Combine(_folder.FullName, "in", name));
    }

    // The complete files, whose names have no dot.
    private string[] Parts() => Directory.Exists(Path.Combine(_folder.FullName, "out"))
        ? Directory.GetFiles(Path.Combine(_folder.FullName, "out"), "part-*")
        : [];

    private int[] Numbers(string kind) =>
    [
        .. Parts().SelectMany(part =>
        {
            string text = File.ReadAllText(part);
            Assert.EndsWith("\n", text, StringComparison.Ordinal);
            return text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }).Where(line => line.StartsWith($"{kind} ", StringComparison.Ordinal))
            .Select(line => int.Parse(line.AsSpan(kind.Length + 1), CultureInfo.InvariantCulture)),
    ];
}
