using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace QueryStream.Web.Assets;

/// <summary>Serves scripts and styles out of this assembly. Their addresses have a version, so browsers keep them.</summary>
internal static class AssetEndpoints
{
    private const string Folder = "assets/";

    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    };

    private static readonly Dictionary<string, Asset> Assets = Load();

    /// <summary>The address of an asset.</summary>
    public static string Url(string name) => $"{WebPaths.Assets}/{name}?v={Assets[name].Version}";

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet(
        $"{WebPaths.Assets}/{{name}}",
        static (HttpContext context, string name) =>
            Assets.TryGetValue(name, out Asset? asset) ? WriteAsync(context, asset) : NotFoundAsync(context));

    private static Task NotFoundAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static async Task WriteAsync(HttpContext context, Asset asset)
    {
        bool takesBrotli = context.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal);
        byte[] bytes = takesBrotli ? asset.Brotli.Value : asset.Bytes;
        context.Response.ContentType = asset.Type;
        context.Response.ContentLength = bytes.Length;
        context.Response.Headers.Vary = "Accept-Encoding";
        context.Response.Headers.CacheControl = context.Request.Query["v"] == asset.Version ? "public, max-age=31536000, immutable" : "no-cache";
        if (takesBrotli)
        {
            context.Response.Headers.ContentEncoding = "br";
        }

        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static Dictionary<string, Asset> Load()
    {
        Assembly assembly = typeof(AssetEndpoints).Assembly;
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)).ToDictionary(
            name => name[Folder.Length..],
            name =>
            {
                using Stream stream = assembly.GetManifestResourceStream(name)!;
                byte[] bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
                return new Asset(bytes, Types[Path.GetExtension(name)]);
            },
            StringComparer.Ordinal);
    }

    private sealed class Asset(byte[] bytes, string type)
    {
        public byte[] Bytes => bytes;

        public string Type => type;

        public string Version { get; } = Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];

        // Once, for the first browser.
        public Lazy<byte[]> Brotli { get; } = new(() =>
        {
            using MemoryStream compressed = new();
            using (BrotliStream brotli = new(compressed, CompressionLevel.Optimal))
            {
                brotli.Write(bytes);
            }

            return compressed.ToArray();
        });
    }
}
