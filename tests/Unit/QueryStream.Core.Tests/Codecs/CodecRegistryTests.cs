using System.Collections.Immutable;
using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;

namespace QueryStream.Core.Tests.Codecs;

public sealed class CodecRegistryTests
{
    [Fact]
    public void A_type_with_a_codec_passes_the_check()
    {
        Codec<int>.Check();
        Codec<DayOfWeek?[]>.Check();
        Codec<Dictionary<string, ImmutableArray<(int, byte[], List<Guid>)>>>.Check();
    }

    [Fact]
    public void A_type_without_a_codec_is_named_with_the_remedy()
    {
        JobDefinitionException failure = Assert.Throws<JobDefinitionException>(Codec<Version>.Check);
        Assert.Contains("System.Version has no codec", failure.Message, StringComparison.Ordinal);
        Assert.Contains("[StreamRecord]", failure.Message, StringComparison.Ordinal);
        Assert.Throws<JobDefinitionException>(Codec<object>.Check);
        Assert.Throws<JobDefinitionException>(Codec<int[,]>.Check);
        Assert.Throws<JobDefinitionException>(Codec<LinkedList<int>>.Check);
    }

    [Fact]
    public void The_part_of_a_type_that_has_no_codec_is_named()
    {
        JobDefinitionException failure = Assert.Throws<JobDefinitionException>(Codec<Dictionary<string, (int, Version[])>>.Check);
        Assert.Contains("because System.Version has none", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dictionary_with_a_duplicate_key_is_damaged()
    {
        CodecWriter writer = new();
        Codec<(int, int)[]>.Instance.Write(writer, [(1, 2), (1, 3)]);
        Assert.Throws<CodecException>(() => Codec<Dictionary<int, int>>.Instance.Read(new CodecReader(writer.Written.ToArray())));
    }

    [Fact]
    public void A_dictionary_with_a_null_key_is_damaged()
    {
        CodecWriter writer = new();
        Codec<(string?, int)[]>.Instance.Write(writer, [(null, 2)]);
        Assert.Throws<CodecException>(() => Codec<Dictionary<string, int>>.Instance.Read(new CodecReader(writer.Written.ToArray())));
    }
}
