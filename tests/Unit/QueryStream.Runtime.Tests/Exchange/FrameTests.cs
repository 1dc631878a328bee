using QueryStream.Core.Codecs;
using QueryStream.Core.Identity;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;
using QueryStream.Runtime.Exchange;
using QueryStream.Runtime.Operators;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Tests.Exchange;

/// <summary>The encoding of elements, and frames.</summary>
public sealed class FrameTests
{
    private static readonly ChannelElement[] NoRows =
    [
        ChannelElement.Of(Control.Advance(new EventTime(-7))),
        ChannelElement.Of(Control.Advance(EventTime.MaxValue)),
        ChannelElement.Of(Control.Barrier(new CheckpointId(long.MaxValue))),
        ChannelElement.Of(Control.Idle(new IdlePeriod(new EventTime(1), EventTime.MaxValue, 3))),
        ChannelElement.Of(Control.Active),
        ChannelElement.Of(Control.End),
        ChannelElement.Of(Control.Barrier(new CheckpointId(7)), rows: long.MaxValue),
        ChannelElement.Of(Control.End, rows: 300),
        ChannelElement.Credit(long.MaxValue, EventTime.MinValue, int.MaxValue),
    ];

    public static TheoryData<ChannelElement> Elements => [.. NoRows];

    [Theory]
    [MemberData(nameof(Elements))]
    public void An_element_that_went_through_its_bytes_is_the_same(ChannelElement element) =>
        Assert.Equal(element, ElementCodec.Read(Encode(element)));

    [Fact]
    public void A_batch_that_went_through_its_bytes_is_the_same()
    {
        Batch<(Text, int)> batch = Rows("Hà Nội", "", "x");
        batch.SetBytes(12_345);
        batch.Origin.Add(new OriginRun("clicks-2", 2, 3, 100, 104, false));
        ChannelElement read = ElementCodec.Read(Encode(ChannelElement.Of(batch, link: 3)));
        Batch<(Text, int)> copy = Decode(read);
        Assert.Equal((3, 12_345, "offsets 100 to 104 of split clicks-2"), (read.Link, copy.Bytes, copy.Origin.ToString()));
        Assert.Equal(batch.Rows.ToArray(), copy.Rows.ToArray());
        Assert.Equal(batch.Times.ToArray(), copy.Times.ToArray());
        batch.Release();
        copy.Release();
    }

    [Fact]
    public void No_damage_to_the_bytes_of_an_element_does_more_than_an_error()
    {
        Batch<(Text, int)> batch = Rows("a", "bc", "");
        foreach (ChannelElement element in NoRows.Append(ChannelElement.Of(batch, link: 1)))
        {
            CodecWriter writer = new();
            ElementCodec.Write(writer, element);
            byte[] bytes = writer.Written.ToArray();
            for (int at = 0; at < bytes.Length; at++)
            {
                TryRead(bytes[..at]);
                TryRead([.. bytes, 1]);
                for (int bit = 0; bit < 8; bit++)
                {
                    byte[] changed = [.. bytes];
                    changed[at] ^= (byte)(1 << bit);
                    TryRead(changed);
                }
            }
        }

        batch.Release();
    }

    [Fact]
    public void A_frame_is_overwritten_when_the_last_batch_that_shares_it_is_released()
    {
        Batch<(Text, int)> batch = Rows("first", "second");
        ChannelElement element = ElementCodec.Read(Encode(ChannelElement.Of(batch, link: 0)));
        batch.Release();
        byte[] array = element.Frame!.Array;
        Batch<(Text, int)> decoded = Decode(element);
        Batch<(Text, int)> derived = Batch<(Text, int)>.Rent();
        derived.ShareFrames(decoded);
        derived.ShareFrames(decoded);
        derived.Add(decoded.Rows[1], new EventTime(1));
        decoded.Release();
        Assert.Equal("second", derived.Rows[0].Item1.ToString());
        derived.Release();
        Assert.Contains(Frame.Poison, array);
        Assert.DoesNotContain((byte)'d', array);
    }

    [Fact]
    public void Texts_of_a_detached_batch_are_safe_to_keep()
    {
        Batch<(Text, int)> decoded = Poisonable("kept");
        decoded.Detach();
        Text kept = decoded.Rows[0].Item1;
        decoded.Release();
        Assert.Equal("kept", kept.ToString());
    }

    [Fact]
    public void Rows_without_texts_do_not_hold_their_frame()
    {
        Batch<int> batch = Batch<int>.Rent();
        batch.Add(7, new EventTime(1));
        CodecWriter writer = new();
        batch.Write(writer);
        batch.Release();
        Frame frame = Frame.Copy(writer.Written, poison: true);
        byte[] array = frame.Array;
        Batch<int> decoded = Batch<int>.Read(frame);
        frame.Release();
        Assert.Equal(Frame.Poison, array[0]);
        Assert.Equal([7], decoded.Rows.ToArray());
        decoded.Release();
    }

    [Fact]
    public void A_batch_in_the_making_is_full_before_it_holds_many_frames()
    {
        Batch<(Text, int)> gathered = Batch<(Text, int)>.Rent();
        int frames = 0;
        while (!gathered.IsFull)
        {
            Batch<(Text, int)> decoded = Poisonable("x");
            gathered.ShareFrames(decoded);
            decoded.Release();
            frames++;
        }

        Assert.InRange(frames, 1, 16);
        gathered.Release();
    }

    [Fact]
    public void A_frame_cannot_be_released_more_often_than_it_is_held()
    {
        Frame frame = Frame.Copy([1, 2, 3]);
        frame.Release();
        Assert.Throws<InvalidOperationException>(frame.Release);
    }

    private static Batch<(Text, int)> Rows(params string[] texts)
    {
        Batch<(Text, int)> batch = Batch<(Text, int)>.Rent();
        foreach ((int index, string text) in texts.Index())
        {
            batch.Add((Text.From(text), index), new EventTime(1_000 - index));
        }

        return batch;
    }

    private static Batch<(Text, int)> Poisonable(params string[] texts)
    {
        Batch<(Text, int)> batch = Rows(texts);
        ChannelElement element = ElementCodec.Read(Encode(ChannelElement.Of(batch, link: 0)));
        batch.Release();
        return Decode(element);
    }

    private static Batch<(Text, int)> Decode(in ChannelElement element)
    {
        Batch batch = new BatchPort<(Text, int)>(Discard<(Text, int)>.Instance).Decode(element.Frame!);
        element.Frame!.Release();
        return (Batch<(Text, int)>)batch;
    }

    private static Frame Encode(in ChannelElement element)
    {
        CodecWriter writer = new();
        ElementCodec.Write(writer, element);
        return Frame.Copy(writer.Written, poison: true);
    }

    private static void TryRead(byte[] bytes)
    {
        try
        {
            ChannelElement element = ElementCodec.Read(Frame.Copy(bytes));
            if (element.Frame is not null)
            {
                Decode(element).Release();
            }
        }
        catch (CodecException)
        {
            // The only permitted error.
        }
    }
}
