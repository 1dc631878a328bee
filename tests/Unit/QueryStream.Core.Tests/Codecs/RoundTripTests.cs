using FsCheck;
using FsCheck.Fluent;
using QueryStream.Core.Codecs;
using QueryStream.Core.Texts;
using QueryStream.Core.Time;

namespace QueryStream.Core.Tests.Codecs;

/// <summary>Written values are read back, bit by bit.</summary>
public sealed class RoundTripTests
{
    [Fact]
    public void Numbers_survive_a_round_trip()
    {
        Check<bool>();
        Check<sbyte>();
        Check<short>();
        Check<int>();
        Check<long>();
        Check<byte>();
        Check<ushort>();
        Check<uint>();
        Check<ulong>();
        Check<char>();
        Check<decimal>();
        Check<Guid>();
        Check<DayOfWeek>();
    }

    [Fact]
    public void All_bits_of_floating_point_numbers_survive_a_round_trip()
    {
        Prop.ForAll<uint>(
            bits => BitConverter.SingleToUInt32Bits(RoundTrip(BitConverter.UInt32BitsToSingle(bits))) == bits).QuickCheckThrowOnFailure();
        Prop.ForAll<ulong>(
            bits => BitConverter.DoubleToUInt64Bits(RoundTrip(BitConverter.UInt64BitsToDouble(bits))) == bits).QuickCheckThrowOnFailure();
        Prop.ForAll<double>(x => BitConverter.DoubleToInt64Bits(RoundTrip(x)) == BitConverter.DoubleToInt64Bits(x)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_scale_and_sign_of_decimals_survive_a_round_trip() =>
        Prop.ForAll<int, bool, byte>((low, isNegative, scale) =>
        {
            decimal value = new(low, 0, 0, isNegative, (byte)(scale % 29));
            return decimal.GetBits(RoundTrip(value)).SequenceEqual(decimal.GetBits(value));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Times_survive_a_round_trip()
    {
        Check<TimeSpan>();
        Prop.ForAll<long>(milliseconds => RoundTrip(new EventTime(milliseconds)).Milliseconds == milliseconds).QuickCheckThrowOnFailure();
        Prop.ForAll<DateTime>(time => RoundTrip(time).Kind == time.Kind && RoundTrip(time) == time).QuickCheckThrowOnFailure();
        Prop.ForAll<DateTimeOffset>(time => RoundTrip(time).EqualsExact(time)).QuickCheckThrowOnFailure();
        Prop.ForAll<DateTime>(time => RoundTrip(DateOnly.FromDateTime(time)) == DateOnly.FromDateTime(time)).QuickCheckThrowOnFailure();
        Prop.ForAll<DateTime>(time => RoundTrip(TimeOnly.FromDateTime(time)) == TimeOnly.FromDateTime(time)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Texts_survive_a_round_trip()
    {
        Prop.ForAll<string?>(text => RoundTrip(text) == (text is null ? null : Text.From(text).ToString())).QuickCheckThrowOnFailure();
        Prop.ForAll<string?>(text => RoundTrip(Text.From(text)) == Text.From(text)).QuickCheckThrowOnFailure();
        Prop.ForAll<byte[]?>(bytes => bytes is null ? RoundTrip(bytes) is null : RoundTrip(bytes)!.SequenceEqual(bytes)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Composites_survive_a_round_trip()
    {
        Check<int?>();
        Check<(int, long)>();
        Check<(int, long?, bool)>();
        Check<(byte, short, int, long)>();
        Check<(byte, short, int, long, char)>();
        Check<(byte, short, int, long, char, bool)>();
        Check<(byte, (short, Guid?), int, long, char, bool, decimal)>();
    }

    [Fact]
    public void Collections_survive_a_round_trip()
    {
        Prop.ForAll<int[]>(list => RoundTrip(list).SequenceEqual(list)).QuickCheckThrowOnFailure();
        Prop.ForAll<(int, bool)?[]>(list => RoundTrip(list.ToList()).SequenceEqual(list)).QuickCheckThrowOnFailure();
        Prop.ForAll<int[][]>(
            list => RoundTrip<IReadOnlyList<int[]>>(list).Zip(list).All(pair => pair.First.SequenceEqual(pair.Second))).QuickCheckThrowOnFailure();
        Prop.ForAll<int[]>(list => RoundTrip(list.ToHashSet()).SetEquals(list)).QuickCheckThrowOnFailure();
        Prop.ForAll<int[]>(list =>
        {
            Dictionary<int, string> map = list.Distinct().ToDictionary(i => i, i => $"{i}");
            return RoundTrip(map).SequenceEqual(map) && RoundTrip<IReadOnlyDictionary<int, string>>(map).SequenceEqual(map);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_text_that_is_read_points_into_the_bytes_and_has_the_hash_of_its_own()
    {
        CodecWriter writer = new();
        writer.WriteText(Text.From("Sinh viên"));
        Text read = new CodecReader(writer.Written.ToArray()).ReadText();
        Assert.Equal(Text.From("Sinh viên").Hash, read.Hash);
    }

    private static void Check<T>() =>
        Prop.ForAll<T>(value => EqualityComparer<T>.Default.Equals(RoundTrip(value), value)).QuickCheckThrowOnFailure();

    private static T RoundTrip<T>(T value)
    {
        CodecWriter writer = new();
        Codec<T>.Instance.Write(writer, value);
        CodecReader reader = new(writer.Written.ToArray());
        T read = Codec<T>.Instance.Read(reader);
        Assert.Equal(0, reader.Remaining);
        return read;
    }
}
