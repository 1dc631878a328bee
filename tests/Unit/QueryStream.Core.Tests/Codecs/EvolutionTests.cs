using System.Collections.Immutable;
using QueryStream.Core.Codecs;
using QueryStream.Core.Keys;
using QueryStream.Core.Texts;

namespace QueryStream.Core.Tests.Codecs;

/// <summary>Reads values of one version of a type as another one. Tuples stand for records: their members are named Item1, Item2 and so on.</summary>
public sealed class EvolutionTests
{
    private enum Old
    {
        Five = 5,
    }

    private enum New : long
    {
        FiveIsMyNameNow = 5,
    }

    [Fact]
    public void A_new_member_has_its_default_value()
    {
        Assert.Equal((1, "a", 0, null), Evolve<(int, string), (int, string, long, string?)>((1, "a")));
        Assert.Equal((1, null), Evolve<ValueTuple<int>, (int, int?)>(ValueTuple.Create(1)));
    }

    [Fact]
    public void A_removed_member_is_skipped()
    {
        Assert.Equal(1, Evolve<(int, string), ValueTuple<int>>((1, "a")).Item1);
        Assert.Equal((1, "b"), Evolve<(int, string, double, List<int?>), (int, string)>((1, "b", 1.5, [1, null])));
        ValueTuple<int> first = Evolve<(int, Dictionary<string, DateTimeOffset>, (byte[], Guid, decimal)), ValueTuple<int>>(
            (1, new() { ["a"] = default }, ([1], default, 1m)));
        Assert.Equal(1, first.Item1);
    }

    [Fact]
    public void Members_evolve_inside_of_lists_maps_nullable_values_and_records()
    {
        Assert.Equal([(1, 2, 0), (3, 4, 0)], Evolve<List<(int, int)>, (int, int, long)[]>([(1, 2), (3, 4)]));
        Assert.Equal([(1, 2, null)], Evolve<(int, int)[], ImmutableArray<(int, int, string?)>>([(1, 2)]).ToArray());
        Assert.Equal((1, 2, 0), Evolve<(int, int)?, (int, int, long)?>((1, 2)));
        Assert.Null(Evolve<(int, int)?, (int, int, long)?>(null));
        Dictionary<string, ValueTuple<int>> map = new() { ["a"] = ValueTuple.Create(1) };
        Assert.Equal((1, 0), Evolve<Dictionary<string, ValueTuple<int>>, IReadOnlyDictionary<string, (int, int)>>(map)["a"]);
        Assert.Equal((7, (1, 0)), Evolve<(int, ValueTuple<int>), (int, (int, int))>((7, ValueTuple.Create(1))));
    }

    [Fact]
    public void Enums_are_read_by_number()
    {
        Assert.Equal(New.FiveIsMyNameNow, Evolve<Old, New>(Old.Five));
        Assert.Equal([New.FiveIsMyNameNow], Evolve<List<Old>, New[]>([Old.Five]));
    }

    [Fact]
    public void Collections_are_read_as_each_other()
    {
        Assert.Equal([1, 2], Evolve<int[], HashSet<int>>([1, 2, 1]));
        Assert.Equal([1, 2], Evolve<HashSet<int>, List<int>>([1, 2]));
    }

    [Fact]
    public void A_string_is_read_as_a_text() => Assert.Equal("viê", Evolve<string, Text>("viê").ToString());

    [Fact]
    public void A_number_of_another_type_is_refused_with_its_path()
    {
        Refused<int, long>("Int64 was stored as int32, and is int64 now");
        Refused<(int, (string, int[])), (int, (string, long[]))>("tuple.Item2.Item2 was stored as int32, and is int64 now");
        Refused<(int, List<(int, float)?>), (int, List<(int, double)?>)>("tuple.Item2.Item2 was stored as float, and is double now");
        Refused<Dictionary<string, ValueTuple<int>>, Dictionary<string, ValueTuple<uint>>>("tuple.Item1 was stored as int32, and is uint32 now");
        Refused<ValueTuple<int?>, ValueTuple<int>>("tuple.Item1 was stored as int32?, and is int32 now");
        Refused<ValueTuple<int>, ValueTuple<int?>>("tuple.Item1 was stored as int32, and is int32? now");
        Refused<ValueTuple<Old>, ValueTuple<int>>("tuple.Item1 was stored as Old, and is int32 now");
        Refused<ValueTuple<int>, int>("was stored as tuple { Item1: int32 }, and is int32 now");
        Refused<int, ValueTuple<int>>("was stored as int32, and is tuple { Item1: int32 } now");
        Refused<DateTime, DateTimeOffset>("was stored as date and time, and is date and time with offset now");
    }

    [Fact]
    public void A_removed_opaque_member_is_refused_with_its_path()
    {
        Schema written = Schema.Record(
            "Order", new SchemaMember("Item1", Schema.Simple(SchemaKind.SignedInteger, "int32")),
            new SchemaMember("Sketch", Schema.Opaque("sketch 2")));
        SchemaMismatchException refusal = Assert.Throws<SchemaMismatchException>(() => Codec<ValueTuple<int>>.Instance.DecoderOf(written));
        Assert.Contains("tuple.Sketch was stored as sketch 2, and is gone now", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Elements_without_bytes_evolve_to_some_that_have_them() =>
        Assert.Equal([default, default], Evolve<List<ValueTuple<Unit>>, List<(Unit, int)>>([default, default]));

    private static void Refused<TOld, TNew>(string problem)
    {
        SchemaMismatchException refusal = Assert.Throws<SchemaMismatchException>(() => Codec<TNew>.Instance.DecoderOf(Codec<TOld>.Instance.Schema));
        Assert.EndsWith(problem, refusal.Message, StringComparison.Ordinal);
    }

    private static TNew Evolve<TOld, TNew>(TOld value)
    {
        CodecWriter writer = new();
        Codec<TOld>.Instance.Schema.Write(writer);
        Codec<TOld>.Instance.Write(writer, value);
        writer.WriteByte(77);

        CodecReader reader = new(writer.Written.ToArray());
        TNew read = Codec<TNew>.Instance.DecoderOf(Schema.Read(reader)).Read(reader);
        Assert.Equal(77, reader.ReadByte());
        Assert.Equal(0, reader.Remaining);
        return read;
    }
}
