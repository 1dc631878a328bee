using QueryStream.Core.Time;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Tests.Time;
using QueryStream.Runtime.Time;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Tests.Exchange;

/// <summary>Each end of a channel without the other.</summary>
[Trait("Hostile", "No")]
public sealed class ChannelTests
{
    private readonly ElementLog _other = new();
    private readonly OutputBudget _budget = new();

    [Fact]
    public void A_channel_over_its_limit_stops_the_task_until_enough_is_consumed()
    {
        OutputChannel channel = Output();
        channel.Send(Batch((int)OutputChannel.MaxLimit - sizeof(int)), link: 0);
        Assert.Equal(0, _budget.ChannelsOverLimit);
        Batch<int> more = Batch(100);
        channel.Send(more, link: 0);
        Assert.Equal(1, _budget.ChannelsOverLimit);
        channel.Send(Batch(100), link: 0);
        Assert.Equal(1, _budget.ChannelsOverLimit);
        channel.OnCredit(Credit(more.Bytes));
        Assert.Equal(1, _budget.ChannelsOverLimit);
        channel.OnCredit(Credit(more.Bytes + sizeof(int)));
        Assert.Equal(0, _budget.ChannelsOverLimit);
        Release();
    }

    [Fact]
    public void Two_channels_over_their_limits_count_as_two()
    {
        OutputChannel first = Output();
        OutputChannel second = Output();
        first.Send(Batch((int)OutputChannel.MaxLimit + 1), link: 0);
        second.Send(Batch((int)OutputChannel.MaxLimit + 1), link: 0);
        Assert.Equal(2, _budget.ChannelsOverLimit);
        second.OnCredit(Credit(100_000));
        Assert.Equal(1, _budget.ChannelsOverLimit);
        Release();
    }

    [Fact]
    public void A_record_larger_than_the_limit_passes_and_larger_than_an_integer_counts()
    {
        OutputChannel channel = Output();
        channel.Send(Batch(int.MaxValue), link: 0);
        Assert.Single(_other.Elements);
        Assert.Equal(1, _budget.ChannelsOverLimit);
        Assert.Equal(int.MaxValue + (long)sizeof(int), _other.Elements[0].Batch!.Bytes);
        Release();
    }

    [Fact]
    public void A_channel_is_idle_when_all_that_was_sent_is_consumed()
    {
        OutputChannel channel = Output();
        Assert.True(channel.IsIdle);
        Batch<int> batch = Batch(0);
        channel.Send(batch, link: 0);
        Assert.False(channel.IsIdle);
        channel.OnCredit(Credit(batch.Bytes));
        Assert.True(channel.IsIdle);
        Release();
    }

    [Fact]
    public void Control_elements_need_no_credit_and_keep_their_place()
    {
        OutputChannel channel = Output();
        channel.Send(Batch((int)OutputChannel.MaxLimit + 1), link: 0);
        channel.Send(Control.Advance(new EventTime(1)));
        channel.Send(Batch(1), link: 0);
        channel.Send(Control.End);
        Assert.Equal(
            [ChannelElementKind.Batch, ChannelElementKind.Control, ChannelElementKind.Batch, ChannelElementKind.Control],
            _other.Elements.Select(element => element.Kind));
        Release();
    }

    [Fact]
    public void The_receivers_watermark_is_known_when_it_has_seen_the_sender_active()
    {
        OutputChannel channel = Output();
        Assert.True(channel.TryGetReceiverWatermark(out _));
        channel.Send(Control.Active);
        Assert.False(channel.TryGetReceiverWatermark(out _));
        channel.OnCredit(ChannelElement.Credit(0, new EventTime(10), 0));
        Assert.False(channel.TryGetReceiverWatermark(out _));
        channel.Send(Control.Active);
        channel.OnCredit(ChannelElement.Credit(0, new EventTime(20), 1));
        Assert.False(channel.TryGetReceiverWatermark(out _));
        channel.OnCredit(ChannelElement.Credit(0, new EventTime(30), 2));
        Assert.True(channel.TryGetReceiverWatermark(out EventTime watermark));
        Assert.Equal(new EventTime(30), watermark);
    }

    [Fact]
    public void Channels_of_a_task_share_its_memory_within_their_limits()
    {
        Assert.Equal(1 << 20, OutputChannel.LimitOf(long.MaxValue, channels: 3));
        Assert.Equal(512 << 10, OutputChannel.LimitOf(8 << 20, channels: 16));
        Assert.Equal(256 << 10, OutputChannel.LimitOf(1 << 20, channels: 1_000));
        Assert.Equal(1 << 20, OutputChannel.LimitOf(1 << 20, channels: 0));
    }

    [Fact]
    public void A_channel_with_less_memory_is_over_its_limit_sooner_and_a_full_portion_of_credit_frees_it()
    {
        OutputChannel channel = new(_budget, OutputChannel.MinLimit);
        channel.Connect(_other);
        channel.Send(Batch((int)OutputChannel.MinLimit + 1), link: 0);
        Assert.Equal(1, _budget.ChannelsOverLimit);
        channel.OnCredit(ChannelElement.Credit(OutputChannel.MinLimit, EventTime.MinValue, 0));
        Assert.Equal(0, _budget.ChannelsOverLimit);
        Release();
    }

    [Fact]
    public void Credit_goes_back_in_portions_while_there_is_more_to_do()
    {
        InputGate gate = Gate();
        gate.OnConsumed(0, 1, OutputChannel.MinLimit - 1);
        Assert.Empty(_other.Elements);
        gate.Combine(0, Control.Advance(new EventTime(6)), new ControlLog());
        gate.OnConsumed(0, 1, 1);
        ChannelElement credit = Assert.Single(_other.Take());
        Assert.Equal((ChannelElementKind.Credit, OutputChannel.MinLimit, new EventTime(6)), (credit.Kind, credit.Bytes, credit.Watermark));
        gate.ReturnCredit();
        Assert.Empty(_other.Elements);
    }

    [Fact]
    public void All_credit_goes_back_when_there_is_nothing_to_do()
    {
        InputGate gate = Gate();
        gate.OnConsumed(0, 1, 3);
        gate.OnConsumed(0, 1, 4);
        gate.ReturnCredit();
        Assert.Equal(7, Assert.Single(_other.Take()).Bytes);
        gate.ReturnCredit();
        Assert.Empty(_other.Elements);
    }

    [Fact]
    public void The_first_element_of_an_active_sender_is_answered_at_once()
    {
        InputGate gate = Gate();
        gate.Combine(0, Control.Advance(new EventTime(5)), new ControlLog());
        gate.OnConsumed(0, 1, 3);
        gate.Combine(0, Control.Active, new ControlLog());
        ChannelElement credit = Assert.Single(_other.Take());
        Assert.Equal((3, 1, new EventTime(5)), (credit.Bytes, credit.Activations, credit.Watermark));
    }

    [Fact]
    public void Elements_come_out_as_they_came_in()
    {
        InputGate gate = Gate();
        for (int i = 0; i < 10; i++)
        {
            gate.Add(0, ChannelElement.Of(Control.Advance(new EventTime(i))));
        }

        for (int i = 0; i < 10; i++)
        {
            Assert.True(gate.TryTake(out Arrival arrival));
            Assert.Equal(i, arrival.Element.Control.Watermark.Milliseconds);
        }

        Assert.False(gate.TryTake(out _));
    }

    private static ChannelElement Credit(long bytes) => ChannelElement.Credit(bytes, EventTime.MinValue, 0);

    private static Batch<int> Batch(int payload)
    {
        Batch<int> batch = Batch<int>.Rent();
        batch.Add(1, new EventTime(0), payload);
        return batch;
    }

    private OutputChannel Output()
    {
        OutputChannel channel = new(_budget);
        channel.Connect(_other);
        return channel;
    }

    private InputGate Gate()
    {
        InputGate gate = new(1, new WatermarkCombiner(1, risesWhileIdle: false), aligns: true);
        gate.Connect(0, _other);
        return gate;
    }

    private void Release()
    {
        foreach (ChannelElement element in _other.Take())
        {
            element.Release();
        }
    }
}
