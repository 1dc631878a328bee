using Microsoft.AspNetCore.Http;

namespace QueryStream.Web.Access;

/// <summary>What a browser lets our pages do.</summary>
internal static class ContentSecurity
{
    // Scripts come from this host only, and none are in pages. Styles are in pages too: MudBlazor writes its palette into a style element, and both
    // it and our graphs place things by style attributes. MudBlazor's images of check boxes are data.
    private const string Scripts = "script-src 'self'";

    private const string Policy =
        $"default-src 'self'; {Scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'self'; "
        + "form-action 'self'; frame-ancestors 'none'";

    /// <summary>Lets a page run the scripts in it that have a number which only this answer knows.</summary>
    public static void Allow(IHeaderDictionary headers, string nonce) =>
        headers.ContentSecurityPolicy = Policy.Replace(Scripts, $"{Scripts} 'nonce-{nonce}'", StringComparison.Ordinal);

    public static void Protect(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }
}
