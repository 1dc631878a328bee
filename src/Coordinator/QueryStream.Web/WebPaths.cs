using Microsoft.AspNetCore.Http;

namespace QueryStream.Web;

/// <summary>Where the pages are: Flink's paths are those of REST.</summary>
internal static class WebPaths
{
    public const string Root = "/ui";
    public const string Assets = "/ui/assets";
    public const string Alive = "/ui/alive";
    public const string SignIn = "/ui/sign-in";

    /// <summary>Where the form of that page goes.</summary>
    public const string Session = "/ui/session";
    public const string SignOut = "/ui/session/end";

    /// <summary>Where Blazor connects to.</summary>
    public const string Circuit = "/_blazor";

    /// <summary>The page that describes REST. What it is made of, and the description, is below.</summary>
    public const string OpenApi = "/openapi";

    /// <summary>Whether a path is of a page, or of what a page is made of.</summary>
    public static bool IsPage(PathString path) => IsBelow(path, Root) || IsCircuit(path) || path == "/" || IsOpenApi(path);

    /// <summary>Whether a path is of the page that describes REST.</summary>
    public static bool IsOpenApi(string? path) => string.Equals(path?.TrimEnd('/'), OpenApi, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a path is of the connection of a page.</summary>
    public static bool IsCircuit(PathString path) => IsBelow(path, Circuit);

    /// <summary>Whether a path is another one or below it; in any case, as paths are routed.</summary>
    public static bool IsBelow(PathString path, PathString other) => path.StartsWithSegments(other, StringComparison.OrdinalIgnoreCase);

    /// <summary>The page that asks for a secret, and then leads back.</summary>
    public static string SignInFor(string page) => $"{SignIn}?return={Uri.EscapeDataString(page)}";

    /// <summary>A path to return to: one of ours, or the first page.</summary>
    public static string ReturnTo(string? path) =>
        path is not null && (path.StartsWith($"{Root}/", StringComparison.Ordinal) || IsOpenApi(path))
            && !path.Contains('\\', StringComparison.Ordinal) && !path.Contains("//", StringComparison.Ordinal)
            ? path
            : $"{Root}/";
}
