using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Runtime.Exchange;
using QueryStream.Streams;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Functions;
using QueryStream.Streams.State;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Exchange;

/// <summary>Subtasks that move while the others go on, and the channels to them.</summary>
[Trait("Hostile", "No")]
public sealed class LiveMoveTests
{
    private static readonly CheckpointId Cut = new(4);
    private static readonly Attempt Next = new(9);

    // So that the rows of a key are of one split, and keep their order.
    private const int Keys = 9;
    private const int Splits = 3;

    private readonly OutputBudget _budget = new();
    private HarnessSource<int> _source = new(Splits);
    private HarnessSink<(int Row, int Count)> _sink = new();

    [Fact]
    public void A_channel_holds_what_comes_behind_the_barrier_and_counts_it_against_its_limit()
    {
        (OutputChannel channel, ElementLog receiver) = Channel();
        channel.HoldBehind(Cut);
        channel.Send(BatchOf(10), 0);
        channel.Send(Control.Barrier(Cut));
        Assert.Equal(2, receiver.Elements.Count);
        channel.Send(BatchOf((int)OutputChannel.MinLimit), 0);
        Assert.Equal(2, receiver.Elements.Count);
        Assert.Equal(1, _budget.ChannelsOverLimit);

        // The move is given up: the receiver gets it, and the rows are counted on.
        channel.Resume();
        channel.Send(Control.Barrier(new CheckpointId(5)));
        Assert.Equal(2, receiver.Elements[^1].Rows);
        Release(receiver);
    }

    [Fact]
    public void The_successor_learns_the_progress_of_the_sender_and_gets_what_was_held_and_rows_are_counted_anew()
    {
        (OutputChannel channel, ElementLog receiver) = Channel();
        channel.HoldBehind(Cut);
        channel.Send(BatchOf(10), 0);
        channel.Send(Control.Advance(new EventTime(70)));
        channel.Send(Control.Barrier(Cut));
        channel.Send(BatchOf(10), 0);
        channel.Send(Control.Advance(new EventTime(80)));
        Assert.True(channel.IsHolding);
        channel.Disconnect(Next);
        ElementLog successor = new();
        channel.Connect(successor);
        channel.Send(Control.Barrier(new CheckpointId(5)));

        Assert.Equal((Next, false), (channel.Peer, channel.IsHolding));
        Assert.Equal([70, 0, 80, 0], successor.Elements.Select(element => element.Control.Watermark.Milliseconds));
        Assert.Equal(1, successor.Elements[^1].Rows);
        Release(receiver);
        Release(successor);
    }

    [Fact]
    public void The_watermark_of_the_successor_is_unknown_until_it_tells()
    {
        (OutputChannel channel, ElementLog receiver) = Channel();
        Assert.True(channel.TryGetReceiverWatermark(out _));
        channel.Disconnect(Next);
        channel.Connect(new ElementLog());
        Assert.False(channel.TryGetReceiverWatermark(out _));
        channel.OnCredit(ChannelElement.Credit(0, new EventTime(50), activations: 1));
        Assert.True(channel.TryGetReceiverWatermark(out EventTime watermark));
        Assert.Equal(50, watermark.Milliseconds);
        Release(receiver);
    }

    [Theory]
    [InlineData("all", 1)]
    [InlineData("all", 3)]
    [InlineData("counts", 3)]
    [InlineData("sources", 3)]
    [InlineData("first subtasks", 3)]
    [InlineData("others", 3)]
    public void No_row_is_lost_or_counted_twice_whichever_subtasks_move_while_rows_come(string moving, int parallelism)
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            (_source, _sink) = (new HarnessSource<int>(Splits), new HarnessSink<(int Row, int Count)>());
            using JobHarness job = new(Counts, parallelism, seed) { IsPinned = true };
            int next = 0;
            Push(job, ref next, steps: 5);
            for (int move = 0; move < 3; move++)
            {
                Assert.True(job.Move(task => Moves(job, task, moving), () => Push(job, ref next, steps: 7)));
                Push(job, ref next, steps: 3);
            }

            _source.EndAll();
            job.Run();
            Assert.Null(job.Failure);
            Assert.True(job.IsFinished);
            Assert.Equal(Enumerable.Range(0, next).Select(row => (row, (row / Keys) + 1)), _sink.Rows.Select(row => row.Row).Order());
        }
    }

    [Fact]
    public void Subtasks_whose_checkpoint_is_aborted_go_on_where_they_are()
    {
        using JobHarness job = new(Counts, parallelism: 3) { IsPinned = true };
        int next = 0;
        Push(job, ref next, steps: 5);
        int before = 0;
        job.MoveInVain(task => Moves(job, task, "counts"), () =>
        {
            before = _sink.Rows.Count;
            Push(job, ref next, steps: 5);
            Assert.Equal(before, _sink.Rows.Count);
        });
        job.Run();
        Assert.Equal(Enumerable.Range(0, next).Select(row => (row, (row / Keys) + 1)), _sink.Rows.Select(row => row.Row).Order());
    }

    private static bool Moves(JobHarness job, TaskId task, string moving)
    {
        bool isSource = job.Graph.Vertices[0].Id == task.Vertex;
        return moving switch
        {
            "all" => true,
            "counts" => !isSource,
            "sources" => isSource,
            "first subtasks" => task.Subtask == 0,
            _ => task.Subtask != 0,
        };
    }

    private static Batch<int> BatchOf(int payload)
    {
        Batch<int> batch = Batch<int>.Rent();
        batch.Add(1, new EventTime(0), payload);
        return batch;
    }

    private static void Release(ElementLog log) => log.Take().ForEach(element => element.Release());

    // Each row with how many of its key there were.
    private void Counts(StreamBuilder job) =>
        job.Source("numbers", _source).KeyBy(row => row % Keys).Process(() => new Numbering(), "count").To("out", _sink);

    private void Push(JobHarness job, ref int next, int steps)
    {
        for (int i = 0; i < 20; i++, next++)
        {
            _source.Push(next, next, next % Splits);
        }

        job.Run(steps);
    }

    private (OutputChannel Channel, ElementLog Receiver) Channel()
    {
        OutputChannel channel = new(_budget, OutputChannel.MinLimit);
        ElementLog receiver = new();
        channel.Expect(default, EventTime.MinValue);
        channel.Connect(receiver);
        return (channel, receiver);
    }

    private sealed class Numbering : KeyedProcessFunction<int, int, (int Row, int Count)>
    {
        private ValueState<int>? _count;

        public override void Open(KeyedStateContext state) => _count = state.Value<int>("count");

        public override void Process(in int row, KeyedContext<int, (int Row, int Count)> context)
        {
            _count!.Value++;
            context.Emit((row, _count.Value));
        }
    }
}
