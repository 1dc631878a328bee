using System.IO.Hashing;
using System.Text;
using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Core;
using QueryStream.Core.Codecs;
using QueryStream.Core.Identity;
using QueryStream.Core.Metrics;
using QueryStream.Core.Time;
using QueryStream.Wire.Control;

namespace QueryStream.Wire.Tests;

public sealed class ControlFormatTests
{
    private static readonly JobId Job = new(new UInt128(1, 2));
    private static readonly Attempt Third = new(3);
    private static readonly CheckpointId Nine = new(9);
    private static readonly TaskId Task = new(Job, new VertexId(77), 4);
    private static readonly TaskFailure Failure = new("đếm", ErrorInfo.From(new InvalidOperationException("hỏng", new TimeoutException("slow"))));

    private static readonly JobPlan Plan = new(
        new JobReference("sha", "Jobs.Đơn"), new Dictionary<string, string> { ["a"] = "1", ["b"] = "" }, 2, "print");

    private static readonly WorkerMessage[] ToWorkers =
    [
        new WorkerRegistered(new Epoch(7)),
        new DeployTasks(
            Job,
            Third,
            Plan,
            [
                new TaskPlacement(new VertexId(5), 0, new SlotId(new WorkerId("w-1"), 1)),
                new TaskPlacement(new VertexId(5), 1, new SlotId(new WorkerId("w-2"), 0)),
            ])
        {
            Workers = [new WorkerLocation(new WorkerId("w-2"), new WorkerAddress("máy-2", 6122))],
            Checkpoints = new CheckpointPlan(new Epoch(7), "file:///c", CheckpointMode.AtLeastOnce),
            Restore = new RestorePlan("file:///c", new JobId(8), Nine),
        },
        new DeployTasks(Job, Third, new JobPlan(new JobReference("", ""), new Dictionary<string, string>(), 1, ""), []),
        new DeployTasks(
            Job, new Attempt(4), Plan, [new TaskPlacement(new VertexId(5), 0, new SlotId(new WorkerId("w-1"), 1), Third)])
        {
            Region = Third,
            Moved = [Snapshot()],
        },
        new PrepareMove(Job, Third, Nine, [Task]),
        new MoveTasks(Job, Third, [new TaskPlacement(new VertexId(5), 0, new SlotId(new WorkerId("w-1"), 1), new Attempt(4))])
        {
            Workers = [new WorkerLocation(new WorkerId("w-2"), new WorkerAddress("máy-2", 6122))],
        },
        new ReconnectTasks(Job, Third),
        new RunTasks(Job, Third),
        new AdoptTasks(Job, Third, new CheckpointPlan(new Epoch(7), "file:///c", CheckpointMode.ExactlyOnce)),
        new AdoptTasks(Job, Third, null),
        new CancelTasks(Job, Third),
        new ReleaseTasks(Job, Third),
        new ReleaseJob(Job),
        new PrepareJob(Job, Plan),
        new TriggerCheckpoint(Job, Third, Nine, CheckpointKind.Savepoint, "file:///s", new Epoch(7), null, StopMode.Drain),
        new TriggerCheckpoint(Job, Third, Nine, CheckpointKind.Checkpoint, "redis://r", new Epoch(7), new CheckpointId(8), null),
        new CheckpointCompleted(Job, Third, Nine),
        new CheckpointAborted(Job, Third, Nine),
    ];

    private static readonly CoordinatorMessage[] ToCoordinator =
    [
        new RegisterWorker(
            new WorkerId("máy-1"),
            4,
            [
                new HeldTasks(Job, Third, 2, "a1b2")
                {
                    LastCheckpoint = Nine,
                    IsDrained = true,
                    Region = new Attempt(1),
                    IsMoving = true,
                    Tasks =
                    [
                        new HeldTask(new TaskPlacement(new VertexId(5), 0, new SlotId(new WorkerId("máy-1"), 1)), ExecutionState.Running, null),
                        new HeldTask(
                            new TaskPlacement(new VertexId(5), 1, new SlotId(new WorkerId("máy-1"), 0)), ExecutionState.Finished, Snapshot()),
                    ],
                },
            ]),
        new RegisterWorker(new WorkerId("máy-1"), 1, []) { Address = new WorkerAddress("::1", 6122), HttpAddress = "http://máy-1:9249" },
        new TasksDeployed(Job, Third),
        new DeploymentRefused(Job, Third, Failure.Cause),
        new TaskReport(Task, Third, ExecutionState.Running),
        new TaskReport(Task, Third, ExecutionState.Failed, Failure),
        new MetricsReport(Job, Third, [Sample(), new TaskSample(Task)]),
        new CheckpointAcknowledged(Snapshot(), Third),
        new CheckpointRequested(Task, Third, Nine, "sink", "full"),
        new CheckpointDeclined(Task, Third, Nine, Failure),
        new WorkerLeaving(),
        new MovePrepared(Job, Third),
        new TasksMoved(Job, Third),
        new ProcessReport(new ProcessSample
        {
            Processors = 4,
            CpuTime = TimeSpan.FromSeconds(5),
            CpuLoad = 0.25,
            WorkingSet = 6,
            HeapUsed = 7,
            HeapCommitted = 8,
            HeapLimit = 9,
            MachineMemory = 10,
            Collections = [11, 12, 13],
            CollectionPauses = TimeSpan.FromSeconds(14),
            Allocated = 15,
            Threads = 16,
            Assemblies = 17,
        }),
    ];

    public static TheoryData<int> WorkerMessages => [.. Enumerable.Range(0, ToWorkers.Length)];

    public static TheoryData<int> CoordinatorMessages => [.. Enumerable.Range(0, ToCoordinator.Length)];

    [Theory]
    [MemberData(nameof(WorkerMessages))]
    public void A_message_to_a_worker_comes_out_as_it_went_in(int message) =>
        AssertSame(ToWorkers[message], Read<WorkerMessage>(Bytes(ToWorkers[message])));

    [Theory]
    [MemberData(nameof(CoordinatorMessages))]
    public void A_message_to_the_coordinator_comes_out_as_it_went_in(int message) =>
        AssertSame(ToCoordinator[message], Read<CoordinatorMessage>(Bytes(ToCoordinator[message])));

    [Fact]
    public void Every_type_of_message_has_an_example_here()
    {
        Type[] types = [.. typeof(WorkerMessage).Assembly.GetTypes().Where(type =>
            !type.IsAbstract && (type.IsSubclassOf(typeof(WorkerMessage)) || type.IsSubclassOf(typeof(CoordinatorMessage))))];

        Assert.Equal(26, types.Length);
        Assert.Empty(types.Except(ToWorkers.Select(message => message.GetType())).Except(ToCoordinator.Select(message => message.GetType())));
    }

    // Another version of a message needs another ControlFormat.Version: a rolling upgrade would otherwise read one message as another.
    [Fact]
    public void The_bytes_are_frozen()
    {
        StringBuilder all = new();
        foreach (byte[] bytes in ToWorkers.Select(Bytes).Concat(ToCoordinator.Where(message => !HasStackTrace(message)).Select(Bytes)))
        {
            all.AppendLine(Convert.ToHexString(bytes));
        }

        ulong hash = XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(all.ToString()));
        Assert.Equal((5, "dcb565ac8ca2dd7a"), (ControlFormat.Version, hash.ToString("x16", null)));
    }

    [Fact]
    public void Bytes_that_are_cut_off_or_changed_cause_nothing_but_a_codec_exception()
    {
        SeededRandom random = new(17);
        foreach (byte[] bytes in ToWorkers.Select(Bytes))
        {
            Damage<WorkerMessage>(bytes, random);
        }

        foreach (byte[] bytes in ToCoordinator.Select(Bytes))
        {
            Damage<CoordinatorMessage>(bytes, random);
        }
    }

    [Fact]
    public void Another_version_an_unknown_type_and_bytes_behind_the_message_are_refused_by_name()
    {
        Assert.Contains("is of version 6", Refused([6, 1]), StringComparison.Ordinal);
        Assert.Contains("a message to a worker of type 200", Refused([5, 200]), StringComparison.Ordinal);
        Assert.Contains("1 bytes after the message", Refused([5, 1, 0, 0]), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_an_error_with_many_causes_the_first_sixteen_are_sent()
    {
        Exception deep = new TimeoutException("0");
        for (int i = 1; i < 40; i++)
        {
            deep = new InvalidOperationException($"{i}", deep);
        }

        DeploymentRefused copy = Assert.IsType<DeploymentRefused>(
            Read<CoordinatorMessage>(Bytes(new DeploymentRefused(Job, Third, ErrorInfo.From(deep)))));

        List<string> messages = [];
        for (ErrorInfo? error = copy.Error; error is not null; error = error.Cause)
        {
            messages.Add(error.Message);
        }

        Assert.Equal(Enumerable.Range(0, 17).Select(i => $"{39 - i}"), messages);
    }

    private static void Damage<T>(byte[] bytes, SeededRandom random)
    {
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<CodecException>(() => Read<T>(bytes[..length]));
        }

        for (int i = 0; i < 2_000; i++)
        {
            byte[] changed = [.. bytes];
            for (int at = 0; at <= random.Next(3); at++)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            try
            {
                Read<T>(changed);
            }
            catch (CodecException)
            {
                // Refused.
            }
        }
    }

    private static string Refused(byte[] bytes) => Assert.Throws<CodecException>(() => Read<WorkerMessage>(bytes)).Message;

    private static byte[] Bytes(object message)
    {
        CodecWriter writer = new();
        if (message is WorkerMessage worker)
        {
            ControlFormat.Write(writer, worker);
        }
        else
        {
            ControlFormat.Write(writer, (CoordinatorMessage)message);
        }

        return writer.Written.ToArray();
    }

    private static T Read<T>(byte[] bytes) => typeof(T) == typeof(WorkerMessage)
        ? (T)(object)ControlFormat.ReadWorkerMessage(new CodecReader(bytes))
        : (T)(object)ControlFormat.ReadCoordinatorMessage(new CodecReader(bytes));

    // Records compare their lists by reference, so all members are compared.
    private static void AssertSame(object expected, object actual) => Assert.Equivalent(expected, actual, strict: true);

    private static bool HasStackTrace(CoordinatorMessage message) =>
        message is TaskReport { Failure: not null } or DeploymentRefused or CheckpointDeclined;

    private static TaskSample Sample() => new(Task)
    {
        RecordsRead = 1,
        BytesRead = 11,
        RowsIn = 2,
        BytesIn = 12,
        RowsOut = 13,
        BytesOut = 14,
        Idle = TimeSpan.FromSeconds(15),
        Busy = TimeSpan.FromSeconds(16),
        BackPressured = TimeSpan.FromSeconds(17),
        QueueLength = 18,
        OutputUsage = 0.5,
        SinkLatency = new LatencyCounts([.. Enumerable.Range(30, LatencyCounts.Buckets).Select(count => (long)count)]),
        Operators = [new OperatorFlow(new OperatorId(19), 20, 21) { Filtered = 22, Late = 23, DeadLettered = 24 }],
        Splits =
        [
            new SplitFlow("đơn-hàng-0", 25, new EventTime(26), SplitState.Idle) { Pending = 27, EmitLag = TimeSpan.FromMilliseconds(-28) },
            new SplitFlow("đơn-hàng-1", null, EventTime.MinValue, SplitState.Active),
        ],
        BytesWritten = 60,
        WriteLatency = new LatencyCounts([.. Enumerable.Range(70, LatencyCounts.Buckets).Select(count => (long)count)]),
        Checkpoint = new CheckpointSample(TimeSpan.FromMilliseconds(90), TimeSpan.FromMilliseconds(91), 92),
        LateDropped = 3,
        Acknowledged = 4,
        SinceAcknowledgement = TimeSpan.FromMilliseconds(5),
        Watermark = new EventTime(-6),
        Counters = [new NamedCount("late", 7)],
        DeadLetters = [new NamedCount("malformed-json", 8)],
        DeadLetterExamples = [new NamedText("malformed-json", "dòng 1")],
        Problems = [new NamedText("sink", "Redis is away")],
    };

    private static TaskSnapshot Snapshot()
    {
        SegmentName segment = new(new Epoch(7), Nine, Third, Task, 0);
        Schema schema = Codec<long>.Instance.Schema;
        StateChunk keyed = new(127, 5, new ChunkHandle(segment, 10, 20, ChunkEncoding.Lz4, 90, new UInt128(3, 4)));
        StateChunk listed = new(-1, 1, new ChunkHandle(segment with { Number = 1 }, 0, 8, ChunkEncoding.Plain, 8, new UInt128(5, 6)));
        return new TaskSnapshot(
            Task,
            Nine,
            [
                new OperatorSnapshot(
                    new OperatorId(9),
                    "cửa sổ",
                    [new StateSnapshot("windows", StateKind.Keyed, schema, [keyed]), new StateSnapshot("rows", StateKind.List, schema, [listed])]),
            ])
        {
            KeyGroups = 128,
            Watermark = new EventTime(1234),
            HasEnded = true,
            LastBarrier = new CheckpointId(8),
            Times = new SnapshotTimes(
                TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(3), TimeSpan.FromSeconds(4)),
            Ledger = [new OperatorLedger(new OperatorId(9), new VertexId(77), "cửa sổ") { RowsIn = 10, Absorbed = 7, Late = 3 }],
        };
    }
}
