{
  "variables": {
    "kernel_cflags": ["-std=c11", "-O3", "-Wall", "-Wextra", "-Wno-psabi", "-fno-math-errno", "-ffp-contract=off"]
  },
  "target_defaults": {
    "cflags": ["<@(kernel_cflags)"],
    "cflags!": ["-O2"],
    "xcode_settings": { "OTHER_CFLAGS": ["<@(kernel_cflags)"] }
  },
  "targets": [
    {
      "target_name": "kernels",
      "sources": ["addon.c"],
      "conditions": [
        ["target_arch=='x64'", { "dependencies": ["kernels_v2", "kernels_v3", "kernels_v4", "kernels_v4n", "kernels_v4p"] }],
        ["target_arch=='arm64'", { "dependencies": ["kernels_neon"] }],
        ["target_arch!='x64' and target_arch!='arm64'", { "dependencies": ["kernels_generic"] }]
      ]
    }
  ],
  "conditions": [
    ["target_arch=='x64'", {
      "targets": [
        { "target_name": "kernels_v2", "type": "static_library", "sources": ["kernels.c"], "defines": ["LEVEL=v2"],
          "cflags": ["-march=x86-64-v2"], "xcode_settings": { "OTHER_CFLAGS": ["-march=x86-64-v2"] } },
        { "target_name": "kernels_v3", "type": "static_library", "sources": ["kernels.c"], "defines": ["LEVEL=v3"],
          "cflags": ["-march=x86-64-v3"], "xcode_settings": { "OTHER_CFLAGS": ["-march=x86-64-v3"] } },
        { "target_name": "kernels_v4", "type": "static_library", "sources": ["kernels.c"], "defines": ["LEVEL=v4"],
          "cflags": ["-march=x86-64-v4", "-mprefer-vector-width=512"],
          "xcode_settings": { "OTHER_CFLAGS": ["-march=x86-64-v4"] } },
        { "target_name": "kernels_v4n", "type": "static_library", "sources": ["kernels.c"], "defines": ["LEVEL=v4n"],
          "cflags": ["-march=x86-64-v4", "-mavx512vnni", "-mprefer-vector-width=512"],
          "xcode_settings": { "OTHER_CFLAGS": ["-march=x86-64-v4", "-mavx512vnni"] } },
        { "target_name": "kernels_v4p", "type": "static_library", "sources": ["kernels.c"], "defines": ["LEVEL=v4p"],
          "cflags": ["-march=x86-64-v4", "-mavx512vnni", "-mavx512vpopcntdq", "-mprefer-vector-width=512"],
          "xcode_settings": { "OTHER_CFLAGS": ["-march=x86-64-v4", "-mavx512vnni", "-mavx512vpopcntdq"] } }
      ]
    }],
    ["target_arch=='arm64'", {
      "targets": [
        { "target_name": "kernels_neon", "type": "static_library", "sources": ["kernels.c"], "defines": ["LEVEL=neon"] }
      ]
    }],
    ["target_arch!='x64' and target_arch!='arm64'", {
      "targets": [
        { "target_name": "kernels_generic", "type": "static_library", "sources": ["kernels.c"], "defines": ["LEVEL=generic"] }
      ]
    }]
  ]
}
