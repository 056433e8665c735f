// As a plugin looks that was built against another version of latent.
#include <vector>

extern "C" const char* latent_plugin_interface() { return "latent 0.0.1, interface 0123456789ab, alignment 16"; }
extern "C" void latent_plugin_models(void*) {}
