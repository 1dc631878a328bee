using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using QueryStream.Streams;
using QueryStream.Streams.Windows;

namespace QueryStream.Benchmarks;

/// <summary>The time and allocation of each operator per input row.</summary>
[Config(typeof(InProcess))]
public class OperatorBenchmarks
{
    private const int Rows = 1_000_000;

    // Longer than all windows, so that windows open and close during every measurement.
    private const int WarmUpRows = 2_000_000;

    // A completed task, so that only the operator is measured.
    private static readonly Task<long> Answer = Task.FromResult(1L);

    private static readonly Dictionary<string, Func<OperatorJob>> Jobs = new()
    {
        ["nothing"] = static () => OperatorJob.Of(rows => rows),
        ["Map"] = static () => OperatorJob.Of(rows => rows.Map(row => row.Value)),
        ["Filter"] = static () => OperatorJob.Of(rows => rows.Filter(row => row.Key % 2 == 0)),
        ["FlatMap"] = static () => OperatorJob.Of(rows => rows.FlatMap<long>((row, emit) => emit(row.Value))),
        ["Union"] = static () => OperatorJob.Of(rows => rows.Union(rows)),
        ["Rebalance"] = static () => OperatorJob.Of(rows => rows.Rebalance().Map(row => row.Value)),
        ["PartitionBy"] = static () => OperatorJob.Of(rows => rows.PartitionBy((row, subtasks) => row.Key % subtasks).Map(row => row.Value)),
        ["Count"] = static () => OperatorJob.Of(rows => rows.Count("rows", row => row.Key > 0)),
        ["MapAsync"] = static () => OperatorJob.Of(rows => rows.MapAsync((_, _) => Answer)),
        ["Process"] = static () => OperatorJob.Of(rows => rows.Process(() => new Doubling())),
        ["Connect, Process"] = static () => OperatorJob.Of(rows =>
            rows.KeyBy(row => row.Key).Connect(rows.KeyBy(row => row.Key)).Process(() => new BothCounter())),
        ["Broadcast, Process"] = static () => OperatorJob.Of(rows => rows.Connect(rows.Broadcast()).Process(() => new Remembering())),
        ["KeyBy with OnError, Process"] = static () => OperatorJob.Of(rows =>
            rows.KeyBy(row => row.Key).OnError(ErrorPolicy.Skip).Process(() => new RowCounter())),
        ["KeyBy, Process"] = static () => OperatorJob.Of(rows => rows.KeyBy(row => row.Key).Process(() => new RowCounter())),
        ["Tumbling, Count"] = static () => OperatorJob.Of(
            rows => rows.KeyBy(row => row.Key).Window(Tumbling.Of(TimeSpan.FromMinutes(1))).Aggregate(all => all.Count())),
        ["Tumbling, Count, one phase"] = static () =>
            OperatorJob.Of(rows => rows.KeyBy(row => row.Key).Window(Tumbling.Of(TimeSpan.FromMinutes(1))).OnePhase().Aggregate(all => all.Count())),
        ["Tumbling, Sum and Average"] = static () => OperatorJob.Of(rows => rows.KeyBy(row => row.Key).Window(Tumbling.Of(TimeSpan.FromMinutes(1)))
            .Aggregate(all => (all.Sum(row => (long?)row.Value), all.Average(row => (double?)row.Value)))),
        ["Tumbling, Reduce"] = static () => OperatorJob.Of(rows =>
            rows.KeyBy(row => row.Key).Window(Tumbling.Of(TimeSpan.FromMinutes(1))).Reduce((left, right) => left.Value > right.Value ? left : right)),
        ["Tumbling with an evictor, Count"] = static () => OperatorJob.Of(rows =>
            rows.KeyBy(row => row.Key).Window(Tumbling.Of(TimeSpan.FromMinutes(1))).Evict(() => new NoEvictor()).Aggregate(all => all.Count())),
        ["Sliding 60 s by 1 s, Count"] = static () => OperatorJob.Of(rows =>
            rows.KeyBy(row => row.Key).Window(Sliding.Of(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1))).Aggregate(all => all.Count())),
        ["Cumulating, Count"] = static () => OperatorJob.Of(rows =>
            rows.KeyBy(row => row.Key).Window(Cumulating.Of(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1))).Aggregate(all => all.Count())),
        // The rows of a key are one second apart, so each is a session.
        ["Session, Count"] = static () => OperatorJob.Of(
            rows => rows.KeyBy(row => row.Key).Window(Session.WithGap(TimeSpan.FromMilliseconds(500))).Aggregate(all => all.Count())),
        ["Global of 100, Count"] = static () => OperatorJob.Of(
            rows => rows.KeyBy(row => row.Key).Window(Global.Of(100)).Aggregate(all => all.Count())),
        ["Interval join"] = static () => OperatorJob.Of(rows => rows.KeyBy(row => row.Value).Join(rows.KeyBy(row => row.Value))
            .Within(TimeSpan.Zero, TimeSpan.FromSeconds(1)).Inner((left, right) => left.Value + right.Value)),
        ["Window join"] = static () => OperatorJob.Of(rows => rows.KeyBy(row => row.Value).Join(rows.KeyBy(row => row.Value))
            .Window(Tumbling.Of(TimeSpan.FromSeconds(1))).Inner((left, right) => left.Value + right.Value)),
        ["As-of join"] = static () => OperatorJob.Of(rows => rows.KeyBy(row => row.Key).Join(rows.KeyBy(row => row.Key))
            .AsOf().Inner((left, right) => left.Value + right.Value)),
    };

    private OperatorJob _job = null!;

    /// <summary>The operators.</summary>
    public static IEnumerable<string> Names => Jobs.Keys;

    /// <summary>The operators that allocate per row: pending asynchronous calls, and windows that keep their rows.</summary>
    public static IEnumerable<string> Allocating => ["MapAsync", "Tumbling with an evictor, Count"];

    /// <summary>The operator.</summary>
    [ParamsSource(nameof(Names))]
    public string Operator { get; set; } = "";

    /// <summary>Starts the job.</summary>
    [GlobalSetup]
    public void Start()
    {
        _job = Jobs[Operator]();
        _job.Run(WarmUpRows);
    }

    /// <summary>Ends it.</summary>
    [GlobalCleanup]
    public void End() => _job.Dispose();

    /// <summary>A million rows.</summary>
    [Benchmark(OperationsPerInvoke = Rows)]
    public void Row() => _job.Run(Rows);

    // In-process, since BenchmarkDotNet would build the generated project of another process without this solution's settings.
    private sealed class InProcess : ManualConfig
    {
        public InProcess()
        {
            AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
            AddDiagnoser(BenchmarkDotNet.Diagnosers.MemoryDiagnoser.Default);
        }
    }
}
