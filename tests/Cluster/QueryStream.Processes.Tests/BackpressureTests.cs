using System.Diagnostics;
using System.Text.Json.Nodes;
using QueryStream.Testing.Assemblies;

namespace QueryStream.Processes.Tests;

/// <summary>A sink that takes rows hundreds of times slower than the source could give them.</summary>
public sealed class BackpressureTests : IDisposable
{
    // The sink takes a batch in 200 ms, some thousand rows a second; without backpressure the source gives millions.
    private const string Code = """

        public sealed class Endless : ISource<long>
        {
            public bool IsBounded => false;
            public ISourceReader<long> CreateReader(SourceContext context) => new Reader(context.Task.Subtask);

            private sealed class Reader(int subtask) : ISourceReader<long>
            {
                private long _next;
                public Task<IReadOnlyList<string>> OpenAsync(CancellationToken cancellationToken) =>
                    Task.FromResult<IReadOnlyList<string>>(new[] { "split-" + subtask });
                public SourcePoll Poll(SourceBatch<long> batch)
                {
                    batch.BeginSplit(0);
                    for (; !batch.IsFull; _next++) batch.TryAdd(_next, new EventTime(_next), _next);
                    return SourcePoll.More;
                }

                public ValueTask DisposeAsync() => default;
            }
        }

        public sealed class SlowSink : ISink<long>
        {
            public ISinkWriter<long> CreateWriter(SinkContext context) => new Writer(context);

            private sealed class Writer(SinkContext context) : ISinkWriter<long>
            {
                public bool IsFull { get; private set; }
                public bool IsFlushed => !IsFull;
                public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;
                public void Write(Batch<long> batch)
                {
                    int rows = batch.Count;
                    IsFull = true;
                    context.Start(async stop => { await Task.Delay(200, stop); return true; }, _ =>
                    {
                        IsFull = false;
                        context.Acknowledged(rows);
                    });
                }

                public void Flush() { }
                public ValueTask DisposeAsync() => default;
            }
        }

        public sealed class Slow : IStreamJob
        {
            public string Name => "Slow";
            public void Define(StreamBuilder job) =>
                job.Source("numbers", new Endless()).KeyBy(number => number % 1000).Process(() => new Same(), "same").To("sink", new SlowSink());
        }

        public sealed class Same : KeyedProcessFunction<long, long, long>
        {
            public override void Process(in long row, KeyedContext<long, long> context) => context.Emit(row);
        }
        """;

    // What channels, batches and sinks of four subtasks may hold. The source could give a hundred times as much in a minute.
    private const long MaxUnderWay = 2_000_000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("querystream-backpressure-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_slow_sink_slows_the_source_down_on_another_worker_and_memory_stays_bounded_for_a_minute()
    {
        await using ProcessCluster cluster = await ProcessCluster.StartAsync(workers: 0, slots: 1);
        foreach (string name in new[] { "worker-1", "worker-2" })
        {
            cluster.StartWorker(name, slots: 1, options: $"{cluster.WorkerOptions} -D taskmanager.memory.process.size=384m");
        }

        await cluster.RegisteredAsync("worker-1", "worker-2");
        string job = UserJobs.Write(new UserAssembly(_folder.FullName, "Slow", Code)
        {
            Usings = ["QueryStream.Streams.Functions", "QueryStream.Streams.State"],
        });
        string path = $"/jobs/{await cluster.SubmitAsync($"{job} -p 2")}";
        await cluster.UntilAsync("the first rows to be written", path, answer => WrittenBy(answer) > 0);

        Stopwatch passed = Stopwatch.StartNew();
        JsonNode last = await cluster.UntilAsync("a minute to pass", path, answer =>
        {
            Assert.True((string)answer["state"]! == "RUNNING", $"{answer}");
            long underWay = (long)answer["querystream"]!["records-read"]! - WrittenBy(answer);
            Assert.True(underWay < MaxUnderWay, $"After {passed.Elapsed} {underWay} rows are under way.");
            return passed.Elapsed >= TimeSpan.FromMinutes(1);
        });

        // Rows went on all the time, and no worker was lost: each has a hard limit of its memory.
        Assert.True(WrittenBy(last) > 100_000, $"{last}");
        Assert.Equal(0, (int)last["querystream"]!["restarts"]!);
    }

    private static long WrittenBy(JsonNode job) => (long)job["querystream"]!["records-acknowledged"]!;
}
