using QueryStream.Core;
using QueryStream.Core.Codecs;
using QueryStream.Core.Identity;
using QueryStream.Core.Keys;
using QueryStream.Wire.State;

namespace QueryStream.Wire.Tests;

public sealed class StateFormatTests
{
    private static readonly StateQuery Query = new(
        new TaskId(new JobId(new UInt128(1, 2)), new VertexId(77), 4), new Attempt(65_536), new OperatorId(9), new KeyGroup(300), """["đ",1]""");

    private static readonly StateAnswer Answer = new(StateOutcome.Found, """{"states":[]}""");

    [Fact]
    public void A_question_and_an_answer_come_out_as_they_went_in()
    {
        Assert.Equal(Query, StateFormat.ReadQuery(new CodecReader(BytesOf(Query))));
        Assert.Equal(Answer, StateFormat.ReadAnswer(new CodecReader(BytesOf(Answer))));
    }

    [Fact]
    public void Damaged_bytes_and_another_version_are_refused()
    {
        byte[] query = BytesOf(Query);
        byte[] answer = BytesOf(Answer);
        for (int length = 0; length < query.Length; length++)
        {
            Assert.Throws<CodecException>(() => StateFormat.ReadQuery(new CodecReader(query[..length])));
        }

        query[0]++;
        answer[0]++;
        Assert.Contains(
            "run the same version on all nodes",
            Assert.Throws<CodecException>(() => StateFormat.ReadQuery(new CodecReader(query))).Message,
            StringComparison.Ordinal);
        Assert.Throws<CodecException>(() => StateFormat.ReadAnswer(new CodecReader(answer)));
        SeededRandom random = new(5);
        for (int i = 0; i < 5_000; i++)
        {
            byte[] changed = BytesOf(Query);
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            try
            {
                StateFormat.ReadQuery(new CodecReader(changed));
            }
            catch (CodecException)
            {
                // Refused.
            }
        }
    }

    [Fact]
    public void A_key_that_is_too_long_is_refused() => Assert.Throws<CodecException>(() =>
        StateFormat.ReadQuery(new CodecReader(BytesOf(Query with { Key = new string('x', StateQuery.MaxKey + 1) }))));

    private static byte[] BytesOf(StateQuery query)
    {
        CodecWriter writer = new();
        StateFormat.Write(writer, query);
        return writer.Written.ToArray();
    }

    private static byte[] BytesOf(StateAnswer answer)
    {
        CodecWriter writer = new();
        StateFormat.Write(writer, answer);
        return writer.Written.ToArray();
    }
}
