using QueryStream.Core.Codecs;
using QueryStream.Core.Texts;

namespace QueryStream.Generators.Tests.Records;

/// <summary>Reads values that another version of the type has written.</summary>
public sealed class EvolutionTests
{
    private static readonly DateTimeOffset At = new(2025, 12, 9, 11, 30, 0, TimeSpan.FromHours(7));

    private static readonly Before.Order Order = new(
        42,
        Text.From("Lan"),
        [new Before.Line(1, 1.10m, [1, 2, 3], At), new Before.Line(2, 2.20m, null, At)],
        Before.Status.Paid,
        new Before.Address("Huế", "Lê Lợi"),
        new Dictionary<string, Before.Line> { ["a"] = new(3, 3.30m, [9], At) });

    [Fact]
    public void Members_can_be_added_removed_and_reordered_at_every_depth()
    {
        After.Order read = Evolve<Before.Order, After.Order>(Order);
        Assert.Equal((42, "Lan", After.State.Done), (read.Id, read.Customer.ToString(), read.Status));
        Assert.Equal([new After.Line(1.10m, 1, 0), new After.Line(2.20m, 2, 0)], read.Lines);
        Assert.Equal(new After.Address("Huế", null), read.Home);
        Assert.Equal(new After.Line(3.30m, 3, 0), read.ByName!["a"]);
        Assert.Equal((5, null, null), (read.Priority, read.Note, read.Office));
    }

    [Fact]
    public void Older_versions_read_newer_bytes()
    {
        After.Order later = new(null, [new After.Line(1.1m, 1, 7)], Text.From("Lan"), After.State.New, 42)
        { ByName = [], Office = new After.Address("Huế", "VN") };
        Before.Order read = Evolve<After.Order, Before.Order>(later);
        Assert.Equal((42, "Lan", Before.Status.Open, null), (read.Id, read.Customer.ToString(), read.Status, read.Home));
        Assert.Equal([new Before.Line(1, 1.1m, null, default)], read.Lines);
    }

    [Fact]
    public void Null_stays_null()
    {
        Assert.Null(Evolve<Before.Order?, After.Order?>(null));
        Assert.Equal([null], Evolve<Before.Address?[], List<After.Address?>>([null]));
    }

    [Fact]
    public void A_member_of_another_type_is_refused_with_its_path()
    {
        SchemaMismatchException refusal = Assert.Throws<SchemaMismatchException>(
            () => Codec<Wrong.Order>.Instance.DecoderOf(Codec<Before.Order>.Instance.Schema));
        Assert.Equal("Order.Lines.Price was stored as decimal, and is double now", refusal.Message);
    }

    [Fact]
    public void A_class_is_not_read_as_a_struct()
    {
        Assert.Throws<SchemaMismatchException>(() => Codec<Wrong.StructOrder>.Instance.DecoderOf(Codec<Before.Order>.Instance.Schema));
        Assert.Throws<SchemaMismatchException>(() => Codec<Before.Order>.Instance.DecoderOf(Codec<Wrong.StructOrder>.Instance.Schema));
    }

    [Fact]
    public void Truncated_bytes_of_another_version_are_damaged()
    {
        CodecWriter writer = new();
        Codec<Before.Order>.Instance.Write(writer, Order);
        byte[] bytes = writer.Written.ToArray();
        Decoder<After.Order> decoder = Codec<After.Order>.Instance.DecoderOf(Codec<Before.Order>.Instance.Schema);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<CodecException>(() => decoder.Read(new CodecReader(bytes, 0, length)));
        }
    }

    private static TNew Evolve<TOld, TNew>(TOld value)
    {
        CodecWriter writer = new();
        Codec<TOld>.Instance.Schema.Write(writer);
        Codec<TOld>.Instance.Write(writer, value);
        CodecReader reader = new(writer.Written.ToArray());
        TNew read = Codec<TNew>.Instance.DecoderOf(Schema.Read(reader)).Read(reader);
        Assert.Equal(0, reader.Remaining);
        return read;
    }
}
