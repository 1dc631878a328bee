using Microsoft.Extensions.DependencyInjection;
using QueryStream.Coordinator;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Streams;
using QueryStream.Streams.Functions;
using QueryStream.Streams.Settings;
using QueryStream.Streams.State;
using QueryStream.Streams.Windows;
using QueryStream.TestKit;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Local.Tests;

/// <summary>
/// A savepoint of each released format stays readable: the folders of Stored were written by the version that they name, and are never written again.
/// A new format gets a new folder, which this class writes to the path in QUERYSTREAM_STORED_SAVEPOINT.
/// </summary>
public sealed class StoredCheckpointTests : IDisposable
{
    private const int Rows = 8_000;
    private const int Pause = 5_050;
    private const int Keys = 7;
    private const int WindowSize = 100;

    // Windows that end before it had fired when the savepoint was taken.
    private const int Fired = Pause / WindowSize * WindowSize;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-stored-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("format-1", 1)]
    [InlineData("format-1", 3)]
    public async Task A_job_goes_on_from_a_savepoint_that_was_stored_long_ago(string format, int parallelism)
    {
        string stored = Path.Combine(AppContext.BaseDirectory, "Stored", format);
        CopyTo(stored, _folder.FullName);
        PausingSource source = new(Rows, Rows);
        MemorySink<string> sink = new();
        await using ServiceProvider services = QuietCluster.Start();
        JobHandle job = await services.GetRequiredService<LocalCluster>().SubmitAsync(
            Define(source, sink),
            new LocalSubmission(JobSettings.None, parallelism) { Restore = new Uri(_folder.FullName).AbsoluteUri },
            CancellationToken.None);

        JobResult result = await job.Completion;

        Assert.Equal((JobStatus.Finished, null), (result.Status, result.Failure));
        Assert.All(source.RestoredAt, number => Assert.InRange(number, Pause, Rows));
        Assert.Equal(Expected(), sink.Rows.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_savepoint_of_this_version_is_written_where_that_is_wanted()
    {
        string target = Environment.GetEnvironmentVariable("QUERYSTREAM_STORED_SAVEPOINT") ?? Path.Combine(_folder.FullName, "savepoints");
        PausingSource source = new(Rows, Pause);
        await using ServiceProvider services = QuietCluster.Start();
        JobHandle job = await services.GetRequiredService<LocalCluster>().SubmitAsync(
            Define(source, new MemorySink<string>()),
            new LocalSubmission(JobSettings.None, 2)
            {
                Options = ExecutionOptions.Parse(new Dictionary<string, string>
                {
                    ["execution.checkpointing.dir"] = new Uri(Path.Combine(_folder.FullName, "checkpoints")).AbsoluteUri,
                }),
            },
            CancellationToken.None);
        await Wait.ForAsync("the job to run", job.Running);
        await Wait.UntilAsync("the rows before the pause", () => source.Emitted == Pause);

        string path = await job.TakeSavepointAsync(new Uri(target).AbsoluteUri);
        await job.CancelAsync();

        Assert.True(Directory.Exists(new Uri(path).LocalPath));
    }

    // A copy, since restoring locks the storage.
    private static void CopyTo(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private static LambdaJob Define(PausingSource source, MemorySink<string> sink) => new("stored", job =>
    {
        KeyedStream<int, int> numbers = job.Source("numbers", source).Watermarks(new WatermarkStrategy<int>()).KeyBy(number => number % Keys);
        numbers.Window(Tumbling.Of(TimeSpan.FromMilliseconds(WindowSize))).Named("windows")
            .Aggregate(all => (all.Count(), all.CountDistinct(number => number % 3)))
            .Map(result => Line("window", result.Key, result.Window.Start.Milliseconds, result.Value))
            .To("windows out", sink);
        numbers.Window(Session.WithGap(TimeSpan.FromHours(1))).Named("sessions").Aggregate(all => all.Sum(number => (long)number))
            .Map(result => Line("session", result.Key, result.Window.Start.Milliseconds, result.Value))
            .To("sessions out", sink);
        numbers.Process(() => new Everything(), "everything").To("everything out", sink);
    });

    private static string[] Expected()
    {
        IEnumerable<string> windows = Enumerable.Range(Fired, Rows - Fired).GroupBy(number => (Key: number % Keys, Window: number / WindowSize))
            .Select(window => Line(
                "window",
                window.Key.Key,
                window.Key.Window * WindowSize,
                (window.LongCount(), window.Select(number => number % 3).Distinct().LongCount())));
        IEnumerable<string> sessions = Enumerable.Range(0, Rows).GroupBy(number => number % Keys)
            .Select(session => Line("session", session.Key, session.Min(), session.Sum(number => (long)number)));
        IEnumerable<string> everything = Enumerable.Range(0, Keys).Select(key =>
        {
            int[] all = [.. Enumerable.Range(0, Rows).Where(number => number % Keys == key)];
            IEnumerable<(int, int)> parts = all.GroupBy(number => number % 4).Select(part => (part.Key, part.Count()));
            return Everything.Line(key, all.Length, all.Where(number => number < 50), parts);
        });
        return [.. windows.Concat(sessions).Concat(everything).Order(StringComparer.Ordinal)];
    }

    private static string Line<T>(string kind, int key, long start, T value) => FormattableString.Invariant($"{kind} of {key} at {start}: {value}");

    /// <summary>All kinds of keyed state, which a timer shows at the end.</summary>
    private sealed class Everything : KeyedProcessFunction<int, int, string>
    {
        private static readonly EventTime AtTheEnd = new(Rows * 2);

        private ValueState<int> _count = null!;
        private ListState<int> _first = null!;
        private MapState<Text, int> _parts = null!;

        public static string Line(int key, int count, IEnumerable<int> first, IEnumerable<(int Part, int)> parts) => FormattableString.Invariant(
            $"{key}: {count}, first {string.Join(' ', first.Order())}, parts {string.Join(' ', parts.OrderBy(part => part.Part))}");

        public override void Open(KeyedStateContext state)
        {
            _count = state.Value<int>("count");
            _first = state.List<int>("first");
            _parts = state.Map<Text, int>("parts");
        }

        public override void Process(in int row, KeyedContext<int, string> context)
        {
            _count.Value++;
            if (row < 50)
            {
                _first.Add(row);
            }

            Text part = PartOf(row);
            _parts.Set(part, _parts.TryGet(part, out int before) ? before + 1 : 1);
            context.SetTimer(AtTheEnd);
        }

        public override void OnTimer(EventTime time, TimeDomain domain, KeyedContext<int, string> context)
        {
            List<(int, int)> parts = [];
            for (int part = 0; part < 4; part++)
            {
                if (_parts.TryGet(PartOf(part), out int count))
                {
                    parts.Add((part, count));
                }
            }

            context.Emit(Line(context.Key, _count.Value, _first.Values.ToArray(), parts));
        }

        private static Text PartOf(int row) => Text.From($"phần {row % 4}");
    }
}
