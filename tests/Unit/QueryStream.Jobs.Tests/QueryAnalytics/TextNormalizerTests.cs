using System.Text;
using QueryStream.Jobs.QueryAnalytics;

namespace QueryStream.Jobs.Tests.QueryAnalytics;

public sealed class TextNormalizerTests
{
    private readonly TextNormalizer _normalizer = new();

    [Theory]
    [InlineData("", "")]
    [InlineData(" ", "")]
    [InlineData("học phí", "học phí")]
    [InlineData("Học Phí", "học phí")]
    [InlineData("\t  Học \r\n Phí\v\f", "học phí")]
    [InlineData("ho\u0323c phi\u0301", "học phí")]
    [InlineData("HO\u0323C PHI\u0301", "học phí")]
    [InlineData("Đ Ơ Ư ĂÂÊÔ", "đ ơ ư ăâêô")]
    [InlineData("a\u200Bb", "a\u200Bb")]
    [InlineData("ΟΔΟΣ ẞ", "οδοσ ß")]
    [InlineData("\U00010400", "\U00010428")]
    [InlineData("\u1100\u1161", "가")]
    [InlineData("\uFFFE", "\uFFFE")]
    [InlineData("E\u0301\uFFFE\uFFFEE\u0301", "é\uFFFE\uFFFEé")]
    [InlineData("\uFFFE\u0301", "\uFFFE\u0301")]
    public void Queries_are_trimmed_collapsed_lowered_and_composed(string text, string expected) => Assert.Equal(expected, Query(text));

    [Theory]
    [InlineData(" Sinh vie\u0302n\t", "Sinh viên")]
    [InlineData("Sinh  viên", "Sinh  viên")]
    [InlineData("\u3000", "")]
    public void Names_are_trimmed_and_composed(string text, string expected) => Assert.Equal(expected, Name(text));

    [Fact]
    public void Every_character_that_counts_as_white_space_separates_words()
    {
        for (int c = 0; c <= char.MaxValue; c++)
        {
            if (char.IsWhiteSpace((char)c))
            {
                Assert.Equal("a b", Query($"{(char)c}a{(char)c}{(char)c}b{(char)c}"));
            }
        }
    }

    [Fact]
    public void Every_character_gives_what_plain_strings_give()
    {
        for (int scalar = 0x21; scalar <= 0x2FFFF; scalar++)
        {
            if (!Rune.IsValid(scalar) || scalar == 0xFFFE)
            {
                continue;
            }

            string text = $"x{new Rune(scalar)}\u0301";
            string expected = string.Join(' ', text.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                .Normalize(NormalizationForm.FormC);
            if (expected != Query(text))
            {
                Assert.Fail($"U+{scalar:X4}: '{Query(text)}' instead of '{expected}'");
            }
        }
    }

    [Fact]
    public void A_text_that_grows_when_composed_fits()
    {
        // NFC decomposes these characters permanently, into three times as many.
        string text = string.Concat(Enumerable.Repeat("\U0001D160", 1_000));
        Assert.Equal(text.Normalize(NormalizationForm.FormC), Query(text));
        Assert.Equal($"\uFFFE{text.Normalize(NormalizationForm.FormC)}\uFFFE", Name($"\uFFFE{text}\uFFFE"));
    }

    [Fact]
    public void Composition_works_on_this_machine() => TextNormalizer.RequireNfc();

    private string Query(string text) => Encoding.UTF8.GetString(_normalizer.Query(Encoding.UTF8.GetBytes(text)));

    private string Name(string text) => Encoding.UTF8.GetString(_normalizer.Name(Encoding.UTF8.GetBytes(text)));
}
