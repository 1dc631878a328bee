using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Graph;

namespace QueryStream.Runtime.Tests.Exchange;

/// <summary>A link to two receivers; even rows go to the first.</summary>
[Trait("Hostile", "No")]
public sealed class KeyLinkTests : IDisposable
{
    private readonly ElementLog[] _receivers = [new(), new()];
    private readonly OutputChannel[] _channels;
    private readonly OutputEdge _edge;
    private readonly KeyLink<int> _link;

    public KeyLinkTests()
    {
        OutputBudget budget = new();
        _channels = [new OutputChannel(budget), new OutputChannel(budget)];
        _channels[0].Connect(_receivers[0]);
        _channels[1].Connect(_receivers[1]);
        _edge = new OutputEdge(_channels, links: 1);
        LinkOwner owner = new("receiver", new ExceptionAttribution(), null!);
        _link = new KeyLink<int>(_edge, 0, new Halves(), RoutingTable.Spread(version: 0, keyGroups: 2, parallelism: 2), owner);
        _edge.Attach(0, _link);
    }

    public void Dispose()
    {
        _edge.Drop();
        foreach (ChannelElement element in _receivers.SelectMany(receiver => receiver.Elements))
        {
            element.Release();
        }
    }

    [Fact]
    public void A_small_batch_goes_at_once_to_a_receiver_that_has_nothing_to_do()
    {
        Send(0);
        Assert.Empty(_receivers[0].Elements);
        _edge.SendToIdle();
        Assert.Equal([0], Rows(0));
        Assert.Empty(_receivers[1].Elements);
    }

    [Fact]
    public void For_a_busy_receiver_the_batch_grows_until_it_is_full()
    {
        Send(0);
        _edge.SendToIdle();
        for (int i = 1; i <= Batch.MaxRows; i++)
        {
            Assert.Single(_receivers[0].Elements);
            Send(i * 2);
            _edge.SendToIdle();
        }

        Assert.Equal(2, _receivers[0].Elements.Count);
        Assert.Equal(Batch.MaxRows, _receivers[0].Elements[1].Batch!.Count);
    }

    [Fact]
    public void A_busy_receiver_gets_the_batch_when_it_has_consumed_the_one_before()
    {
        Send(0);
        _edge.SendToIdle();
        Send(2);
        Send(4);
        _edge.SendToIdle();
        Assert.Equal([0], Rows(0));
        _channels[0].OnCredit(ChannelElement.Credit(_receivers[0].Elements[0].Batch!.Bytes, EventTime.MinValue, 0));
        _edge.SendToIdle();
        Assert.Equal([0, 2, 4], Rows(0));
    }

    [Fact]
    public void A_control_element_goes_to_all_behind_all_rows()
    {
        Send(0, 1, 2);
        _link.OnControl(Control.Advance(new EventTime(5)));
        foreach (ElementLog receiver in _receivers)
        {
            Assert.Equal([ChannelElementKind.Batch, ChannelElementKind.Control], receiver.Elements.Select(element => element.Kind));
        }

        Assert.Equal([0, 2], Rows(0));
        Assert.Equal([1], Rows(1));
    }

    [Fact]
    public void Heavy_rows_are_sent_before_the_batch_has_all_its_rows()
    {
        for (int i = 0; i < 10; i++)
        {
            Send(1_000_000 + (i * 2));
        }

        Assert.True(_receivers[0].Elements.Count >= 3, $"{_receivers[0].Elements.Count} batches");
    }

    [Fact]
    public void What_is_dropped_is_not_sent()
    {
        Send(0, 1);
        _edge.Drop();
        _edge.SendToIdle();
        Assert.All(_receivers, receiver => Assert.Empty(receiver.Elements));
    }

    private void Send(params int[] rows)
    {
        Batch<int> batch = Batch<int>.Rent();
        foreach (int row in rows)
        {
            batch.Add(row, new EventTime(row));
        }

        _link.OnBatch(batch);
        batch.Release();
    }

    private int[] Rows(int receiver) =>
        [
            .. _receivers[receiver].Elements.Where(element => element.Batch is not null)
                .SelectMany(element => ((Batch<int>)element.Batch!).Rows.ToArray())
        ];

    private sealed class Halves : KeyExchange<int>
    {
        public override void Hash(ReadOnlySpan<int> rows, Span<ulong> hashes)
        {
            for (int i = 0; i < rows.Length; i++)
            {
                hashes[i] = rows[i] % 2 == 0 ? 0 : ulong.MaxValue;
            }
        }

        public override int PayloadBytes(in int row) => row >= 1_000_000 ? 100_000 : 0;
    }
}
