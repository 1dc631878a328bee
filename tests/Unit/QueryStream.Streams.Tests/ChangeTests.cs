using System.Buffers;
using System.Text;
using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Streams.Formats;
using QueryStream.Streams.Records;

namespace QueryStream.Streams.Tests;

public sealed class ChangeTests
{
    private static readonly Change<(string, int?)>[] Changes =
    [
        Change.Insert<(string, int?)>(("an", 1)),
        Change.UpdateBefore<(string, int?)>(("an", 1)),
        Change.UpdateAfter<(string, int?)>(("Nguyễn \"Văn\"", 2)),
        Change.Delete<(string, int?)>(("an", null)),
    ];

    [Fact]
    public void Changes_print_as_in_Flink() =>
        Assert.Equal(
            ["+I[1]", "-U[1]", "+U[2]", "-D[2]"],
            new[] { Change.Insert(1), Change.UpdateBefore(1), Change.UpdateAfter(2), Change.Delete(2) }.Select(change => change.ToString()));

    [Fact]
    public void Additions_are_inserts_and_the_new_rows_of_updates() =>
        Assert.Equal([true, false, true, false], Changes.Select(change => change.IsAddition));

    [Fact]
    public void Changes_survive_their_codec()
    {
        CodecWriter writer = new();
        foreach (Change<(string, int?)> change in Changes)
        {
            Codec<Change<(string, int?)>>.Instance.Write(writer, change);
        }

        CodecReader reader = new(writer.Written.ToArray());
        Assert.Equal(Changes, Changes.Select(_ => Codec<Change<(string, int?)>>.Instance.Read(reader)));
        Assert.Equal(0, reader.Remaining);
    }

    [Fact]
    public void An_undefined_kind_is_refused()
    {
        byte[] bytes = Encode(Change.Delete(5));
        Assert.Equal(1, bytes.Count(one => one == (byte)ChangeKind.Delete));
        bytes[Array.IndexOf(bytes, (byte)ChangeKind.Delete)] = 4;
        Assert.ThrowsAny<CodecException>(() => Codec<Change<int>>.Instance.Read(new CodecReader(bytes)));
    }

    [Fact]
    public void The_row_type_of_a_change_may_evolve()
    {
        byte[] before = Encode(Change.UpdateAfter(("an", 1)));
        Decoder<Change<(string, int, long)>> decoder = Codec<Change<(string, int, long)>>.Instance.DecoderOf(
            Codec<Change<(string, int)>>.Instance.Schema);
        Assert.Equal(Change.UpdateAfter(("an", 1, 0L)), decoder.Read(new CodecReader(before)));
    }

    [Fact]
    public void Changes_are_JSON_objects_of_an_operation_and_a_row()
    {
        Assert.Equal(
            [
                """{"op":"+I","row":["an",1]}""",
                """{"op":"-U","row":["an",1]}""",
                """{"op":"+U","row":["Nguyễn \"Văn\"",2]}""",
                """{"op":"-D","row":["an",null]}""",
            ],
            Changes.Select(ToJson));
        JsonRowReader<Change<(string, int?)>> reader = new();
        foreach (Change<(string, int?)> change in Changes)
        {
            Assert.True(
                reader.TryRead(Encoding.UTF8.GetBytes(ToJson(change)), out Change<(string, int?)> read, out JsonProblem problem), problem.ToString());
            Assert.Equal(change, read);
        }

        Assert.True(reader.TryRead("""{"x":{"op":"-D"},"row":["a",1],"op":"\u002bU"}"""u8, out Change<(string, int?)> unordered, out _));
        Assert.Equal(Change.UpdateAfter<(string, int?)>(("a", 1)), unordered);
    }

    [Theory]
    [InlineData("""{"row":["a",1]}""", RejectReasons.MissingMember, "op")]
    [InlineData("""{"op":"+I"}""", RejectReasons.MissingMember, "row")]
    [InlineData("""{"op":"+X","row":["a",1]}""", RejectReasons.WrongType, "op")]
    [InlineData("""{"op":1,"row":["a",1]}""", RejectReasons.WrongType, "op")]
    [InlineData("""{"op":"+I","row":["a","b"]}""", RejectReasons.WrongType, "row[1]")]
    [InlineData("""[]""", RejectReasons.WrongType, "")]
    public void JSON_that_is_no_change_is_refused_with_the_place(string json, string reason, string member)
    {
        Assert.False(new JsonRowReader<Change<(string, int?)>>().TryRead(Encoding.UTF8.GetBytes(json), out _, out JsonProblem problem));
        Assert.Equal((reason, member), (problem.Reason, problem.Member));
    }

    [Fact]
    public void A_change_of_null_is_refused()
    {
        Assert.False(new JsonRowReader<Change<string>>().TryRead("""{"op":"-D","row":null}"""u8, out _, out JsonProblem problem));
        Assert.Equal((RejectReasons.MissingMember, "row"), (problem.Reason, problem.Member));
    }

    [Fact]
    public void A_change_of_a_row_without_a_codec_has_none() =>
        Assert.Contains(nameof(Exception), Assert.Throws<JobDefinitionException>(Codec<Change<Exception>>.Check).Message, StringComparison.Ordinal);

    private static byte[] Encode<T>(Change<T> change)
    {
        CodecWriter writer = new();
        Codec<Change<T>>.Instance.Write(writer, change);
        return writer.Written.ToArray();
    }

    private static string ToJson<T>(Change<T> change)
    {
        ArrayBufferWriter<byte> output = new();
        using JsonRowWriter<Change<T>> writer = new();
        writer.Write(output, change);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
