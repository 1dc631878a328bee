using System.Text;
using QueryStream.Core.Errors;

namespace QueryStream.Jobs.QueryAnalytics;

/// <summary>
/// Normalizes texts, so that equivalent texts have equal bytes. Allocates only to grow its buffers. Results are valid until the next call. Used by
/// one thread.
/// </summary>
internal sealed class TextNormalizer
{
    // .NET refuses to normalize this noncharacter, which valid UTF-8 may contain. It combines with nothing, so the texts before and after it are
    // normalized separately.
    private const char Unnormalizable = '\uFFFE';

    private char[] _chars = new char[256];
    private char[] _composed = new char[256];
    private byte[] _bytes = new byte[256];

    /// <summary>Normalizes a query: trimmed, white space collapsed to single spaces, lower case, NFC.</summary>
    /// <param name="utf8">Valid UTF-8.</param>
    public ReadOnlySpan<byte> Query(ReadOnlySpan<byte> utf8)
    {
        Span<char> text = CollapseWhiteSpace(Decode(utf8));
        if (_composed.Length < text.Length)
        {
            _composed = new char[text.Length * 2];
        }

        int length = ((ReadOnlySpan<char>)text).ToLowerInvariant(_composed);
        _composed.AsSpan(0, length).CopyTo(_chars);
        return Encode(Compose(_chars.AsSpan(0, length)));
    }

    /// <summary>Normalizes a name, such as a user type: trimmed, NFC.</summary>
    /// <param name="utf8">Valid UTF-8.</param>
    public ReadOnlySpan<byte> Name(ReadOnlySpan<byte> utf8) => Encode(Compose(Decode(utf8).Trim()));

    /// <summary>Checks that NFC works: without ICU it silently does nothing, so that two spellings of one word would differ.</summary>
    /// <exception cref="JobDefinitionException">NFC does not work.</exception>
    public static void RequireNfc()
    {
        if ("e\u0301".Normalize(NormalizationForm.FormC) != "\u00E9")
        {
            throw new JobDefinitionException(
                "This job needs Unicode normalization (NFC), which .NET lacks in invariant globalization. "
                + "Install ICU (Debian: apt-get install libicu-dev; "
                + "Alpine: apk add icu-libs icu-data-full) and unset DOTNET_SYSTEM_GLOBALIZATION_INVARIANT.");
        }
    }

    private Span<char> Decode(ReadOnlySpan<byte> utf8)
    {
        if (_chars.Length < utf8.Length)
        {
            _chars = new char[utf8.Length * 2];
        }

        return _chars.AsSpan(0, Encoding.UTF8.GetChars(utf8, _chars));
    }

    private static Span<char> CollapseWhiteSpace(Span<char> text)
    {
        int length = 0;
        bool pending = false;
        foreach (char c in text)
        {
            if (char.IsWhiteSpace(c))
            {
                pending = length > 0;
                continue;
            }

            if (pending)
            {
                text[length++] = ' ';
                pending = false;
            }

            text[length++] = c;
        }

        return text[..length];
    }

    private ReadOnlySpan<char> Compose(ReadOnlySpan<char> text)
    {
        // Almost all input has this form already, and checking is cheap.
        if (!text.Contains(Unnormalizable) && text.IsNormalized(NormalizationForm.FormC))
        {
            return text;
        }

        int length = 0;
        for (ReadOnlySpan<char> rest = text; ;)
        {
            int end = rest.IndexOf(Unnormalizable);
            length = AppendComposed(end < 0 ? rest : rest[..end], length);
            if (end < 0)
            {
                return _composed.AsSpan(0, length);
            }

            Reserve(length + 1);
            _composed[length++] = Unnormalizable;
            rest = rest[(end + 1)..];
        }
    }

    private int AppendComposed(ReadOnlySpan<char> text, int at)
    {
        if (text.IsEmpty)
        {
            return at;
        }

        Reserve(at + text.GetNormalizedLength(NormalizationForm.FormC));
        return text.TryNormalize(_composed.AsSpan(at), out int written, NormalizationForm.FormC)
            ? at + written
            : throw new InvalidOperationException($"NFC of {text.Length} characters does not fit into the length that was asked for.");
    }

    private void Reserve(int length)
    {
        if (_composed.Length < length)
        {
            Array.Resize(ref _composed, length * 2);
        }
    }

    private ReadOnlySpan<byte> Encode(ReadOnlySpan<char> text)
    {
        int most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (_bytes.Length < most)
        {
            _bytes = new byte[most];
        }

        return _bytes.AsSpan(0, Encoding.UTF8.GetBytes(text, _bytes));
    }
}
