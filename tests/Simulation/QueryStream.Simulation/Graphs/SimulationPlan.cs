using QueryStream.Connectors.Kafka;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Coordinator.Restarts;
using QueryStream.Core;

namespace QueryStream.Simulation.Graphs;

/// <summary>Where the rows of a branch go.</summary>
internal enum SinkKind
{
    /// <summary>A two-phase sink in memory: rows of complete checkpoints, exactly once.</summary>
    Transactional,

    /// <summary>A topic, in transactions.</summary>
    ExactlyOnce,

    /// <summary>A topic, at least once.</summary>
    Append,

    /// <summary>Redis, by name.</summary>
    Upsert,
}

/// <summary>How a job is brought to its end.</summary>
internal enum Ending
{
    /// <summary>Its input ends.</summary>
    Bounded,

    /// <summary>It is stopped with a savepoint that drains it.</summary>
    Drain,
}

/// <summary>What stands before a branch.</summary>
internal enum Prefix
{
    None,
    Rebalance,
    Filter,
    Parallelism,
}

/// <summary>A branch of the job with its sink.</summary>
/// <param name="Name">Its name, unique in the job.</param>
/// <param name="Branch">What it does.</param>
/// <param name="Sink">Where its rows go.</param>
/// <param name="Prefix">What stands before it.</param>
/// <param name="Parallelism">The parallelism of the operator before it.</param>
internal sealed record PlannedBranch(string Name, Branch Branch, SinkKind Sink, Prefix Prefix, int Parallelism)
{
    /// <summary>Whether it has sources of its own, so that it is a region of its own.</summary>
    public bool IsApart { get; init; }
}

/// <summary>What is drawn from the seed before the run: the job, its input and its ending. The same for every process of the run.</summary>
internal sealed record SimulationPlan
{
    private const int MaxBranches = 4;
    private const int MaxBranchesApart = 2;

    public required ulong Seed { get; init; }

    public required Input Left { get; init; }

    public required Input Right { get; init; }

    /// <summary>The inputs of the branches that have sources of their own; empty: there is no such branch.</summary>
    public IReadOnlyList<Input> Apart { get; init; } = [];

    public required IReadOnlyList<PlannedBranch> Branches { get; init; }

    public required Ending Ending { get; init; }

    public required TimeSpan OutOfOrderness { get; init; }

    public required TimeSpan CheckpointInterval { get; init; }

    /// <summary>How long a transaction may be open.</summary>
    public TimeSpan TransactionTimeout => TimeSpan.FromSeconds(Seed % 2 == 0 ? 1 : 60);

    /// <summary>Whether rows may be processed twice: barriers are not aligned.</summary>
    public bool IsAtLeastOnce { get; init; }

    /// <summary>Whether checkpoints are stored in Redis; otherwise in a directory.</summary>
    public bool StoresInRedis { get; init; }

    /// <summary>Whether the scheduler is adaptive: workers have so few slots that the parallelism of the job follows what is there.</summary>
    public bool IsAdaptive { get; init; }

    /// <summary>How many slots the job needs at parallelism 1.</summary>
    public int LeastSlots => Branches.Where(branch => branch.Prefix == Prefix.Parallelism).Select(branch => branch.Parallelism).Append(1).Max();

    /// <summary>How the job restarts after failures.</summary>
    public RestartSettings Restarts { get; init; } = new();

    /// <summary>What becomes of the checkpoints of a job that has failed for good: somebody starts it again, so they must be there.</summary>
    public CheckpointRetention Retention { get; init; }

    /// <summary>How many checkpoints in a row may fail; null: any number if the storage is to blame, otherwise none.</summary>
    public int? TolerableFailures { get; init; }

    /// <summary>How much output an exactly-once sink may hold: in a third of the seeds so little that it must ask for checkpoints.</summary>
    public long MaxUncommittedBytes { get; init; } = new KafkaSinkOptions().MaxUncommittedBytes;

    /// <summary>When a savepoint is taken, and whether the job stops with it and is started from it.</summary>
    public IReadOnlyList<(TimeSpan At, bool Stops)> Savepoints { get; init; } = [];

    /// <summary>When somebody asks the job to run at another parallelism: in a quarter of the seeds.</summary>
    public IReadOnlyList<(TimeSpan At, int Parallelism)> Rescales { get; init; } = [];

    /// <summary>When workers join or leave in order: in half of the seeds.</summary>
    public IReadOnlyList<TimeSpan> Moves { get; init; } = [];

    /// <summary>How long the input takes to arrive, and faults to happen.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Whether there are no faults and no checkpoints, to tell a wrong graph from a wrong recovery.</summary>
    public bool IsCalm { get; init; }

    /// <summary>How many records a fetch brings at most. A bounded input would else be over before anything happens.</summary>
    public int MaxPoll => Ending == Ending.Bounded ? 8 : 600;

    /// <summary>Whether a branch waits for the clock.</summary>
    public bool NeedsClock => Branches.Any(branch => branch.Branch.NeedsClock);

    public IReadOnlyList<Input> Inputs => [Left, Right, .. Apart];

    public int Events => Inputs.Sum(input => input.Count);

    /// <summary>Draws a plan.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="isCalm">Without faults.</param>
    public static SimulationPlan Draw(ulong seed, bool isCalm)
    {
        SeededRandom random = new(seed ^ 0x9A9A);
        bool hasLateRows = random.Next(4) == 0;

        // Drawn apart, so that the jobs and inputs of a seed stay what they are.
        SeededRandom operation = new(seed ^ 0x0E4A);
        bool isAtLeastOnce = operation.Next(6) == 0 && !hasLateRows && !isCalm;
        Ending ending = isCalm || random.Next(3) == 0 ? Ending.Bounded : Ending.Drain;
        int outOfOrderness = random.Next(3) == 0 ? 0 : random.Next(800);
        InputMaker maker = new(random, outOfOrderness, hasLateRows);
        SeededRandom room = new(seed ^ 0x0CA9);
        long uncommitted = room.Next(3) == 0 && !isCalm ? 1_024 + room.Next(1_024) : new KafkaSinkOptions().MaxUncommittedBytes;
        BranchNeeds needs = new(hasLateRows, isAtLeastOnce, ending);
        SeededRandom apart = new(seed ^ 0xA9A7);
        bool hasRegions = apart.Next(3) == 0;
        InputMaker apartMaker = new(apart, outOfOrderness, hasLateRows);
        return new SimulationPlan
        {
            Seed = seed,
            MaxUncommittedBytes = uncommitted,
            Ending = ending,
            IsCalm = isCalm,
            OutOfOrderness = TimeSpan.FromTicks(outOfOrderness * TimeSpan.TicksPerMillisecond),
            Left = maker.Make("left", 700 + random.Next(400), firstId: 1),
            Right = maker.Make("right", 400 + random.Next(200), firstId: 100_000),
            Apart = hasRegions
                ? [apartMaker.Make("apart-left", 300 + apart.Next(300), 200_000), apartMaker.Make("apart-right", 200 + apart.Next(200), 300_000)]
                : [],
            Branches =
            [
                .. Enumerable.Range(0, 1 + random.Next(MaxBranches)).Select(number => DrawBranch(random, $"b{number}", needs)),
                .. Enumerable.Range(0, hasRegions ? 1 + apart.Next(MaxBranchesApart) : 0)
                    .Select(number => DrawBranch(apart, $"a{number}", needs) with { IsApart = true }),
            ],
            IsAtLeastOnce = isAtLeastOnce,
            IsAdaptive = new SeededRandom(seed ^ 0xADA7).Next(4) == 0 && !isCalm,
            StoresInRedis = operation.Next(4) == 0,
            Restarts = DrawRestarts(operation),
            TolerableFailures = operation.Next(3) switch { 0 => null, 1 => operation.Next(3), _ => 1_000 },
            Retention = operation.Next(2) == 0 ? CheckpointRetention.DeleteOnCancellation : CheckpointRetention.RetainOnCancellation,
            Savepoints = isCalm ? [] : DrawSavepoints(operation),
            Rescales = isCalm ? [] : DrawRescales(new SeededRandom(seed ^ 0x5CA1)),
            Moves = isCalm ? [] : DrawMoves(new SeededRandom(seed ^ 0x30FE)),
            CheckpointInterval = TimeSpan.FromTicks((200 + random.Next(ending == Ending.Bounded ? 300 : 1_500)) * TimeSpan.TicksPerMillisecond),
            Duration = TimeSpan.FromTicks((ending == Ending.Bounded ? 2_000 : 5_000 + random.Next(15_000)) * TimeSpan.TicksPerMillisecond),
        };
    }

    public override string ToString() =>
        $"{Events} events, {Ending}, {(IsAtLeastOnce ? "at least once, " : "")}{(StoresInRedis ? "in Redis, " : "")}"
        + $"{(IsAdaptive ? "adaptive, " : "")}{Restarts.Strategy}, "
        + (MaxUncommittedBytes == new KafkaSinkOptions().MaxUncommittedBytes ? "" : $"{MaxUncommittedBytes} bytes uncommitted, ")
        + $"{Savepoints.Count} savepoints, {(Rescales.Count > 0 ? $"{Rescales.Count} rescales, " : "")}"
        + $"{(Moves.Count > 0 ? $"{Moves.Count} moves, " : "")}"
        + $"out of order by {OutOfOrderness.TotalMilliseconds} ms, "
        + $"a checkpoint every {CheckpointInterval.TotalMilliseconds} ms: "
        + string.Join(
            "; ", Branches.Select(branch => $"{(branch.IsApart ? "apart: " : "")}{branch.Prefix} {branch.Branch.Name} to {branch.Sink}"));

    /// <summary>The two inputs of a branch.</summary>
    public (Input Left, Input Right) InputsOf(PlannedBranch branch) => branch.IsApart ? (Apart[0], Apart[1]) : (Left, Right);

    private static RestartSettings DrawRestarts(SeededRandom random) => random.Next(8) switch
    {
        0 => new RestartSettings { Strategy = RestartStrategyType.None },
        1 => new RestartSettings
        {
            Strategy = RestartStrategyType.FixedDelay,
            FixedDelayAttempts = 1 + random.Next(3),
            FixedDelay = Milliseconds(random.Next(1_000)),
        },
        2 => new RestartSettings
        {
            Strategy = RestartStrategyType.FailureRate,
            FailureRateMaxFailures = 1 + random.Next(3),
            FailureRateInterval = Milliseconds(1_000 + random.Next(20_000)),
            FailureRateDelay = Milliseconds(random.Next(1_000)),
        },
        _ => new RestartSettings
        {
            Strategy = RestartStrategyType.ExponentialDelay,
            InitialBackoff = Milliseconds(200),
            MaxBackoff = Milliseconds(2_000),
        },
    };

    private static TimeSpan Milliseconds(int milliseconds) => TimeSpan.FromTicks(milliseconds * TimeSpan.TicksPerMillisecond);

    // While the input arrives; the shortest run takes two seconds.
    private static (TimeSpan At, bool Stops)[] DrawSavepoints(SeededRandom random) =>
        [.. Enumerable.Range(0, random.Next(4)).Select(_ => (Milliseconds(500 + random.Next(8_000)), random.Next(2) == 0))];

    // Some ask for more than there are slots, or for what the job has.
    private static (TimeSpan At, int Parallelism)[] DrawRescales(SeededRandom random) => random.Next(4) > 0
        ? []
        : [.. Enumerable.Range(0, 1 + random.Next(6)).Select(_ => (Milliseconds(200 + random.Next(8_000)), 1 + random.Next(6)))];

    private static TimeSpan[] DrawMoves(SeededRandom random) =>
        random.Next(2) > 0 ? [] : [.. Enumerable.Range(0, 1 + random.Next(8)).Select(_ => Milliseconds(200 + random.Next(8_000)))];

    private static PlannedBranch DrawBranch(SeededRandom random, string name, BranchNeeds needs)
    {
        Branch branch;
        do
        {
            branch = DrawAny(random, needs.HasLateRows);
        }
        while ((needs.Ending == Ending.Bounded && branch.NeedsClock) || (needs.IsAtLeastOnce && branch.Covers is null));

        SinkKind sink = (SinkKind)random.Next(4);
        if (branch.IsUpsertOnly)
        {
            sink = SinkKind.Upsert;
        }
        else if (branch.HasLateRows || (sink == SinkKind.Upsert && needs.IsAtLeastOnce) || (sink == SinkKind.Upsert && !branch.IsUpsertable))
        {
            sink = random.Next(2) == 0 ? SinkKind.Transactional : SinkKind.ExactlyOnce;
        }

        return new PlannedBranch(name, branch, sink, (Prefix)random.Next(4), 1 + random.Next(4));
    }

    private static Branch DrawAny(SeededRandom random, bool hasLateRows) => random.Next(hasLateRows ? 9 : 17) switch
    {
        0 or 1 => WindowBranches.Tumbling(random, hasLateRows),
        2 => WindowBranches.Counts(random),
        3 => FunctionBranches.Exchanges(random),
        4 => FunctionBranches.Counting(random),
        5 => FunctionBranches.Buffer(random),
        6 => FunctionBranches.Broadcast(random),
        7 => FunctionBranches.Calls(random),
        8 => FunctionBranches.Errors(random),
        9 => WindowBranches.Sliding(random),
        10 => WindowBranches.Cumulating(random),
        11 => WindowBranches.Session(random),
        12 => random.Next(2) == 0 ? WindowBranches.Rows(random) : WindowBranches.SessionRows(random),
        13 => JoinBranches.Interval(random),
        14 => random.Next(2) == 0 ? JoinBranches.Windowed(random) : JoinBranches.AsOf(random),
        15 => random.Next(2) == 0 ? JoinBranches.InSessions(random) : WindowBranches.Early(random),
        _ => random.Next(2) == 0 ? FunctionBranches.Timers(random) : FunctionBranches.ClockTimers(random),
    };

    private readonly record struct BranchNeeds(bool HasLateRows, bool IsAtLeastOnce, Ending Ending);
}
