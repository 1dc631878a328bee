using QueryStream.Core;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Tasks;
using QueryStream.Runtime.Tests.Windows;
using QueryStream.Streams;
using QueryStream.Streams.Functions;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Exchange;

/// <summary>The rows that the sender of a channel has counted are compared with those that its receiver has consumed.</summary>
public sealed class MiscountTests
{
    private const int Rows = 400;

    private static readonly string[] Names = ["keys", "two inputs", "a stream and itself", "branches", "broadcast", "rebalance", "forward"];

    private HarnessSource<Sale> _left = new();
    private HarnessSource<Sale> _right = new();
    private HarnessSink<Sale> _sink = new();

    public static TheoryData<string> Topologies => [.. Names];

    public static TheoryData<string, ChannelFault> Cases
    {
        get
        {
            TheoryData<string, ChannelFault> cases = [];
            foreach (string topology in Names)
            {
                cases.Add(topology, ChannelFault.Lost);
                cases.Add(topology, ChannelFault.Doubled);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_batch_that_a_channel_loses_or_doubles_fails_its_receiver_at_the_next_barrier(string topology, ChannelFault fault)
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            FaultyChannels channels = new(fault, batch: 1 + new SeededRandom(seed).Next(40));
            JobHarness job = Start(topology, channels, seed);
            for (int row = 0; row < Rows && job.Failure is null; row++)
            {
                Push(row);
                job.Run(5);
                if (row % 40 == 39)
                {
                    TakeSnapshot(job);
                }
            }

            AssertMiscount(job, channels, fault, "before the barrier of checkpoint ");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_batch_that_a_channel_loses_or_doubles_fails_its_receiver_at_the_end(string topology, ChannelFault fault)
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            FaultyChannels channels = new(fault, batch: 1 + new SeededRandom(seed).Next(40));
            JobHarness job = Start(topology, channels, seed);
            PushAll();
            job.Run();
            AssertMiscount(job, channels, fault, " rows in all");
        }
    }

    [Theory]
    [MemberData(nameof(Topologies))]
    public void Without_a_fault_the_counts_agree_also_after_aborted_checkpoints_and_in_later_attempts(string topology)
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            FaultyChannels channels = new(ChannelFault.None, 0);
            SeededRandom random = new(seed);
            using JobHarness job = Start(topology, channels, seed);
            for (int row = 0; row < Rows; row++)
            {
                Push(row);
                job.Run(random.Next(10));
                switch (random.Next(40))
                {
                    case 0:
                        job.AbortCheckpoint(job.Snapshot());
                        break;
                    case 1:
                        job.Tell(TaskMessage.CheckpointAborted(new CheckpointId(job.Snapshot().State.Checkpoint.Number + 1)));
                        Assert.ThrowsAny<InvalidOperationException>(() => job.Snapshot());
                        break;
                    case 2:
                        job.Run();
                        job.Rescale(1 + random.Next(3));
                        break;
                    default:
                        break;
                }
            }

            PushEnd();
            job.Run();
            Assert.Null(job.Failure);
            Assert.True(job.IsFinished);
            Assert.True(channels.Sent > 40, "The faults of the other tests need as many batches.");
        }
    }

    private JobHarness Start(string topology, FaultyChannels channels, ulong seed)
    {
        _left = new HarnessSource<Sale>(splits: 3) { ElementsPerPoll = 5 };
        _right = new HarnessSource<Sale>(splits: 2) { ElementsPerPoll = 3 };
        _sink = new HarnessSink<Sale>();
        return new JobHarness(job => Define(job, topology), parallelism: 2, seed, services: _ => channels) { IsPinned = true };
    }

    private void Define(StreamBuilder job, string topology)
    {
        Stream<Sale> left = job.Source("left", _left);
        Stream<Sale> right = job.Source("right", _right);
        Stream<Sale> rows = topology switch
        {
            "keys" => Keyed(left.Union(right)),
            "two inputs" => left.KeyBy(sale => sale.Key).Connect(right.KeyBy(sale => sale.Key)).Process(() => new Both(), "both"),
            "a stream and itself" => left.Rebalance().Union(left.Rebalance(), right.Rebalance()).Map(sale => sale),
            "branches" => Keyed(left.Union(left.Filter(sale => sale.Key % 2 == 0), right)),
            "broadcast" => left.Connect(right.Broadcast()).Process(() => new Shared(), "shared"),
            "rebalance" => left.Union(right).Rebalance().Filter(sale => sale.Key > 0),
            _ => left.Union(right).Map(sale => sale),
        };
        rows.To("sink", _sink);
    }

    private static Stream<Sale> Keyed(Stream<Sale> rows) => rows.KeyBy(sale => sale.Key).Process(() => new One(), "one");

    private void Push(int row)
    {
        _left.Push(new Sale(row % 17, row), row, split: row % 3);
        _right.Push(new Sale(row % 13, row), row, split: row % 2);
    }

    private void PushAll()
    {
        for (int row = 0; row < Rows; row++)
        {
            Push(row);
        }

        PushEnd();
    }

    private void PushEnd()
    {
        _left.EndAll();
        _right.EndAll();
    }

    private static void TakeSnapshot(JobHarness job)
    {
        try
        {
            job.Snapshot();
        }
        catch (InvalidOperationException) when (job.Failure is not null)
        {
            // The barrier did not pass the task that has failed.
        }
    }

    private static void AssertMiscount(JobHarness job, FaultyChannels channels, ChannelFault fault, string where)
    {
        ChannelMiscountException miscount = Assert.IsType<ChannelMiscountException>(job.Failure?.Cause);
        Assert.Equal(fault == ChannelFault.Lost, miscount.Actual < miscount.Expected);
        Assert.StartsWith($"Channel {channels.Faulty} from ", miscount.Message, StringComparison.Ordinal);
        Assert.Contains(where, miscount.Message, StringComparison.Ordinal);
        job.Dispose();
    }

    private sealed class One : KeyedProcessFunction<int, Sale, Sale>
    {
        public override void Process(in Sale row, KeyedContext<int, Sale> context) => context.Emit(row);
    }

    private sealed class Both : KeyedCoProcessFunction<int, Sale, Sale, Sale>
    {
        public override void ProcessLeft(in Sale row, KeyedContext<int, Sale> context) => context.Emit(row);

        public override void ProcessRight(in Sale row, KeyedContext<int, Sale> context) => context.Emit(row);
    }

    private sealed class Shared : BroadcastProcessFunction<Sale, Sale, Sale>
    {
        public override void Process(in Sale row, ProcessContext<Sale> context) => context.Emit(row);

        public override void ProcessBroadcast(in Sale row, ProcessContext<Sale> context) => context.Emit(row);
    }
}
