using System.Globalization;
using QueryStream.Testing.Assemblies;

namespace QueryStream.Processes.Tests;

/// <summary>
/// A job that numbers the rows of each key and writes each number once: a row that is lost or counted twice shows in its files. It can wait in the
/// middle of its input until the test creates a file.
/// </summary>
internal static class NumberingJob
{
    private const int Keys = 13;

    /// <summary>How many rows each key has.</summary>
    public const int RowsOfKey = 400;

    /// <summary>How many rows there are.</summary>
    public const int Rows = Keys * RowsOfKey;

    private const string Code = """

        public sealed class Gated(long count, string gate, string lastGate) : ISource<long>
        {
            private const int Splits = 8;

            public bool IsBounded => true;
            public ISourceReader<long> CreateReader(SourceContext context) => new Reader(count, gate, lastGate, context);

            private sealed class Reader(long count, string gate, string lastGate, SourceContext context) : ISourceReader<long>
            {
                private readonly List<long> _next = new();
                private Timer? _timer;

                public Task<IReadOnlyList<string>> OpenAsync(CancellationToken cancellationToken)
                {
                    List<string> names = new();
                    for (int split = context.Task.Subtask; split < Splits; split += context.Parallelism)
                    {
                        names.Add("split-" + split);
                        _next.Add(context.Restored.TryGetValue("split-" + split, out long last) ? last + Splits : split);
                    }

                    _timer = new Timer(_ => context.Wake(), null, 50, 50);
                    return Task.FromResult<IReadOnlyList<string>>(names);
                }

                public SourcePoll Poll(SourceBatch<long> batch)
                {
                    bool isOpen = gate.Length == 0 || System.IO.File.Exists(gate);
                    bool isLast = isOpen && (lastGate.Length == 0 || System.IO.File.Exists(lastGate));
                    long limit = isLast ? count : isOpen ? count * 3 / 4 : count / 2;
                    for (int split = 0; split < _next.Count; split++)
                    {
                        batch.BeginSplit(split);
                        for (; _next[split] < limit; _next[split] += Splits)
                        {
                            if (batch.IsFull) return SourcePoll.More;
                            batch.TryAdd(_next[split], new EventTime(_next[split]), _next[split]);
                        }
                    }

                    return isLast ? SourcePoll.End : SourcePoll.Wait;
                }

                public long? PendingRecords(int split) => Math.Max(0, (count - _next[split] + Splits - 1) / Splits);

                public ValueTask DisposeAsync() => _timer is null ? default : _timer.DisposeAsync();
            }
        }

        public sealed class Numbering : KeyedProcessFunction<long, long, Text>
        {
            private ValueState<long> _count;
            public override void Open(KeyedStateContext state) => _count = state.Value<long>("count");
            public override void Process(in long row, KeyedContext<long, Text> context) =>
                context.Emit(Text.From(context.Key + " " + ++_count.Value));
        }

        public sealed class NumberingSettings
        {
            [Setting("rows", "how many rows")] public long Rows { get; init; }
            [Setting("keys", "how many keys")] public long Keys { get; init; } = 1;
            [Setting("folder", "where to write")] public string Folder { get; init; } = "";
            [Setting("apart", "whether parts share no slot")] public bool Apart { get; init; }
            [Setting("gate", "a file without which the job waits in the middle")] public string Gate { get; init; } = "";
            [Setting("last-gate", "a file without which it waits for its last quarter")] public string LastGate { get; init; } = "";
            [Setting("redis", "where to keep the last number of each key; empty: nowhere")] public string Redis { get; init; } = "";
        }

        public sealed class NumberingJob : IStreamJob
        {
            public string Name => "Numbering";
            public void Define(StreamBuilder job)
            {
                NumberingSettings settings = job.Settings.Bind<NumberingSettings>();
                ProcessStream<Text> numbered = job.Source("numbers", new Gated(settings.Rows, settings.Gate, settings.LastGate))
                    .KeyBy(number => number % settings.Keys)
                    .Process(() => new Numbering(), "numbering");
                if (settings.Apart)
                {
                    numbered.SlotSharingGroup("numbering");
                }

                StreamSink files = numbered.ToFiles("files", new FileSinkOptions { Folder = settings.Folder }).Text();
                if (settings.Apart)
                {
                    files.SlotSharingGroup("files");
                }

                if (settings.Redis.Length > 0)
                {
                    numbered.ToRedis("last", new RedisSinkOptions { Address = settings.Redis })
                        .Key(row => "last:" + row.ToString().Split(' ')[0]).Text();
                }
            }
        }
        """;

    /// <summary>The keys as people write them.</summary>
    public static IEnumerable<string> KeyTexts => Enumerable.Range(0, Keys).Select(key => key.ToString(CultureInfo.InvariantCulture));

    /// <summary>What the job writes, sorted.</summary>
    public static IEnumerable<string> Expected =>
        (from key in Enumerable.Range(0, Keys)
         from number in Enumerable.Range(1, RowsOfKey)
         select string.Create(CultureInfo.InvariantCulture, $"{key} {number}")).Order(StringComparer.Ordinal);

    /// <summary>Compiles the job.</summary>
    /// <returns>The path of its assembly.</returns>
    public static string Write(string folder) => UserJobs.Write(new UserAssembly(folder, "Numbering", Code)
    {
        Usings =
        [
            "QueryStream.Connectors.Files", "QueryStream.Connectors.Redis", "QueryStream.Core.Texts", "QueryStream.Streams.Functions",
            "QueryStream.Streams.State",
        ],
    });

    /// <summary>The settings of the job.</summary>
    public static string Settings(string folder, string gate = "") =>
        string.Create(CultureInfo.InvariantCulture, $"--rows={Rows} --keys={Keys} --folder={folder} --gate={gate}");

    /// <summary>What the job has written so far, sorted. Files that are not complete yet are hidden.</summary>
    public static string[] Written(string folder) => !Directory.Exists(folder) ? [] :
    [
        .. Directory.GetFiles(folder).Where(file => !Path.GetFileName(file).StartsWith('.'))
            .SelectMany(File.ReadAllLines).Order(StringComparer.Ordinal),
    ];
}
