using QueryStream.Coordinator;
using QueryStream.Core;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Streams;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Functions;
using QueryStream.Streams.Settings;
using QueryStream.Streams.State;
using QueryStream.Streams.Windows;
using QueryStream.TestKit.Jobs;
using QueryStream.Testing.Cluster;
using QueryStream.Wire.Control;

namespace QueryStream.Local.Tests;

/// <summary>
/// Jobs that take checkpoints on simulated workers, where barriers come before and after triggers, and connections break: for every order the results
/// equal those of an oracle. A failing test names its seed.
/// </summary>
public sealed class SimulatedCheckpointTests
{
    private const int Seeds = 20;
    private const int Rows = 1_500;
    private const int WindowSize = 50;

    /// <summary>The streams that are counted, by name, and how often each number is in them.</summary>
    private static readonly Dictionary<string, (Func<StreamBuilder, Stream<int>> Define, Func<int, int> Times)> Shapes = new()
    {
        ["one source"] = (job => Numbers(job, "all", Rows).Rebalance(), _ => 1),
        ["a stream united with itself"] = (job =>
        {
            Stream<int> numbers = Numbers(job, "all", Rows);
            return numbers.Union(numbers.Rebalance()).Union(numbers.Filter(number => number % 2 == 0));
        }, number => number % 2 == 0 ? 3 : 2),
        ["sources that end early, and one without rows"] = (
            job => Numbers(job, "all", Rows).Union(Numbers(job, "few", 100)).Union(Numbers(job, "none", 0).Rebalance()),
            number => number < 100 ? 2 : 1),
        ["a call outside for each row"] = (job => Numbers(job, "all", Rows).Rebalance().MapAsync((number, _) => Task.FromResult(number)), _ => 1),
        ["rows and broadcast rows"] = (
            job => Numbers(job, "all", Rows).Connect(Numbers(job, "few", 100).Broadcast()).Process(() => new Shared(), "shared"), _ => 1),
        ["two inputs"] = (
            job => Numbers(job, "all", Rows).Rebalance().Connect(Numbers(job, "few", 700)).Process(() => new Both(), "both"),
            number => number < 700 ? 2 : 1),
    };

    public static TheoryData<string> Names => [.. Shapes.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task In_every_order_a_job_that_fails_goes_on_with_the_right_results(string shape)
    {
        int restarts = 0;
        int restored = 0;
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            SeededRandom random = new(seed);
            using SimulatedCluster cluster = SimulatedCluster.WithRealTasks(seed, workers: 3, slots: 2);
            Job job = new(shape) { FailsAt = random.Next(Rows) };
            JobHandle handle = await cluster.AcceptAsync(Submission(cluster, job, parallelism: 1 + random.Next(6)));
            int elements = random.Next(400);
            cluster.Executor.AdvanceUntil(
                "elements to cross", () => cluster.Elements >= elements || handle.Completion.IsCompleted, TimeSpan.FromMinutes(1));
            cluster.CutData("worker-1", "worker-2");
            JobResult result = await cluster.EndAsync(handle);

            Assert.True(result.Status == JobStatus.Finished, $"{result.Status} {result.Failure} (seed {seed})");
            job.AssertIsRight(seed);
            restarts += result.Restarts;
            restored += result.Checkpoints.RestoredFrom is null ? 0 : 1;
        }

        // Otherwise it has proved nothing.
        Assert.True(restarts >= Seeds, $"{restarts} restarts");
        Assert.True(restored > Seeds / 2, $"{restored} restored");
    }

    [Fact]
    public async Task A_task_whose_last_state_was_lost_reports_it_again_so_that_its_sink_can_commit()
    {
        int lost = 0;
        using SimulatedCluster cluster = SimulatedCluster.WithRealTasks(seed: 1, workers: 1, slots: 1, new ClusterParts
        {
            Copies = message => message is CheckpointAcknowledged { Snapshot.Checkpoint.Number: 0 } && lost++ == 0 ? 0 : 1,
        });
        TransactionalSink<int> sink = new();
        LambdaJob numbers = new("numbers", job => Numbers(job, "all", 100).To("rows", sink));
        JobHandle handle = await cluster.AcceptAsync(Submission(cluster, numbers, parallelism: 1));
        JobResult result = await cluster.EndAsync(handle);

        Assert.Equal((JobStatus.Finished, 0), (result.Status, result.Restarts));
        Assert.Equal(Enumerable.Range(0, 100), sink.Visible.Order());
        Assert.True(lost > 1, "It was not reported again.");
    }

    private static Stream<int> Numbers(StreamBuilder job, string name, int count) =>
        job.Source(name, new PacedSource(count)).Watermarks(new WatermarkStrategy<int>());

    private static JobSubmission Submission(SimulatedCluster cluster, Job job, int parallelism) =>
        Submission(cluster, new LambdaJob("numbers", job.Define), parallelism);

    private static JobSubmission Submission(SimulatedCluster cluster, LambdaJob job, int parallelism) =>
        new(cluster.Jobs.Add("numbers", job), JobSettings.None, parallelism)
        {
            Options = ExecutionOptions.Parse(new Dictionary<string, string>
            {
                ["execution.checkpointing.dir"] = "file:///checkpoints",
                ["execution.checkpointing.interval"] = "100ms",
                ["restart-strategy.type"] = "fixed-delay",
                ["restart-strategy.fixed-delay.delay"] = "100ms",
                ["restart-strategy.fixed-delay.attempts"] = "10",
            }),
        };

    private sealed class Shared : BroadcastProcessFunction<int, int, int>
    {
        private BroadcastState<int, long> _seen = null!;

        public override void Open(BroadcastStateContext state) => _seen = state.Broadcast<int, long>("seen");

        public override void Process(in int row, ProcessContext<int> context) => context.Emit(row);

        public override void ProcessBroadcast(in int row, ProcessContext<int> context) => _seen.Set(row, row);
    }

    private sealed class Both : CoProcessFunction<int, int, int>
    {
        public override void ProcessLeft(in int row, ProcessContext<int> context) => context.Emit(row);

        public override void ProcessRight(in int row, ProcessContext<int> context) => context.Emit(row);
    }

    /// <summary>Emits some rows at a time, so that checkpoints fall between them.</summary>
    private sealed class PacedSource(int rows) : ISource<int>
    {
        private const int Splits = 3;
        private const int RowsPerPoll = 10;
        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

        public bool IsBounded => true;

        public ISourceReader<int> CreateReader(SourceContext context) => new Reader(rows, context);

        private sealed class Reader(int rows, SourceContext context) : ISourceReader<int>
        {
            private readonly int[] _next =
                [.. Enumerable.Range(0, Splits).Where(split => split % context.Parallelism == context.Task.Subtask)];

            private bool _isDue = true;

            public Task<IReadOnlyList<string>> OpenAsync(CancellationToken cancellationToken)
            {
                string[] names = [.. _next.Select(split => $"split-{split}")];
                for (int split = 0; split < names.Length; split++)
                {
                    _next[split] = context.Restored.TryGetValue(names[split], out long offset) ? (int)offset + Splits : _next[split];
                }

                return Task.FromResult<IReadOnlyList<string>>(names);
            }

            public SourcePoll Poll(SourceBatch<int> batch)
            {
                if (!_isDue)
                {
                    return SourcePoll.Wait;
                }

                for (int split = 0; split < _next.Length; split++)
                {
                    batch.BeginSplit(split);
                    for (int i = 0; i < RowsPerPoll && _next[split] < rows; i++, _next[split] += Splits)
                    {
                        batch.TryAdd(_next[split], new EventTime(_next[split]), _next[split]);
                    }
                }

                if (Array.TrueForAll(_next, next => next >= rows))
                {
                    return SourcePoll.End;
                }

                _isDue = false;
                context.After(Pause, () =>
                {
                    _isDue = true;
                    context.Wake();
                });
                return SourcePoll.Wait;
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }

    /// <summary>Counts numbers by key and window.</summary>
    private sealed class Job(string shape)
    {
        private readonly MemorySink<(Text Key, long Start, long Count)> _counts = new();
        private bool _hasFailed;

        public int FailsAt { get; init; }

        public void Define(StreamBuilder job) => Shapes[shape].Define(job)
            .Map(Fail)
            .KeyBy(number => KeyOf(number))
            .Window(Tumbling.Of(TimeSpan.FromMilliseconds(WindowSize))).Named("count").Aggregate(all => all.Count())
            .Map(result => (result.Key, result.Window.Start.Milliseconds, result.Value))
            .To("counts", _counts);

        public void AssertIsRight(ulong seed)
        {
            IEnumerable<(string, long, long)> expected = Enumerable.Range(0, Rows)
                .SelectMany(number => Enumerable.Repeat(number, Shapes[shape].Times(number)))
                .GroupBy(number => (KeyOf(number).ToString(), (long)(number / WindowSize * WindowSize)))
                .Select(group => (group.Key.Item1, group.Key.Item2, group.LongCount()));

            // Windows that fire again after a restart have the same result.
            IEnumerable<(string, long, long)> seen = _counts.Rows.Select(row => (row.Key.ToString(), row.Start, row.Count)).Distinct();
            Assert.True(expected.Order().SequenceEqual(seen.Order()), $"the counts differ (seed {seed})");
        }

        private static Text KeyOf(int number) => Text.From($"số-{number % 7}");

        private int Fail(int number)
        {
            if (number == FailsAt && !_hasFailed)
            {
                _hasFailed = true;
                throw new FormatException("once");
            }

            return number;
        }
    }
}
